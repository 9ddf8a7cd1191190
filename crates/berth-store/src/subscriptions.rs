//! Who is told what happens, and how far the events were looked at for each.
//!
//! # Invariants
//!
//! * The cursor moves by [`advance`], in the transaction that writes what follows from the events that
//!   it passes: none is passed twice, none is left out.
//! * The secret of a webhook is in [`crate::secrets`], never here.

use berth_domain::notice::Patterns;
use berth_domain::{Actor, OrganisationId, SubscriptionId, Timestamp};

use crate::arg::{Arg, integer, text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Change, Listed, Part, StoreError, Tx};

/// Somebody who wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub organisation: OrganisationId,
    pub name: String,
    pub channel: Channel,
    pub events: Patterns,
    /// Why nothing is sent. `None`: it is.
    pub disabled: Option<String>,
    /// The last event that was looked at.
    pub cursor: i64,
    pub created_at: Timestamp,
    /// Who made it, or changed it last: they answer for it.
    pub created_by: Actor,
}

/// How somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Channel {
    Webhook {
        url: String,
    },
    /// To the readers that the configuration names.
    Mail,
}

const SOURCE: Source = Source { table: "subscription", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organisation_id, channel, name, url, events, disabled, cursor, created_at,
                    created_by
             FROM subscription ",
            $rest
        )
    };
}

/// Adds a subscription. Fails with [`StoreError::Taken`] when another one has the name.
pub async fn insert(tx: &mut Tx, subscription: &Subscription) -> Result<(), StoreError> {
    let sql = "INSERT INTO subscription (
                   id, organisation_id, channel, name, url, events, disabled, cursor, created_at,
                   created_by
               )
               VALUES ($1, $2, $6, $3, $7, $4, $5, $8, $9, $10)";
    let (channel, url) = match &subscription.channel {
        Channel::Webhook { url } => ("webhook", Some(url)),
        Channel::Mail => ("mail", None),
    };
    let mut args = wishes(subscription);
    args.extend([
        text(channel),
        text_or_null(url),
        integer(subscription.cursor),
        time(subscription.created_at),
        text(&subscription.created_by),
    ]);
    tx.execute(sql, args).await.map(drop)
}

/// Writes name, address, events, whether it is on and who answers for it.
pub async fn update(tx: &mut Tx, subscription: &Subscription) -> Result<Change, StoreError> {
    let sql = "UPDATE subscription
               SET name = $3, events = $4, disabled = $5, url = $6, created_by = $7
               WHERE id = $1
                 AND organisation_id = $2";
    let url = match &subscription.channel {
        Channel::Webhook { url } => Some(url),
        Channel::Mail => None,
    };
    let mut args = wishes(subscription);
    args.extend([text_or_null(url), text(&subscription.created_by)]);
    tx.change(sql, args).await
}

/// Moves the cursor of a subscription that is on, if it is still where it was.
pub async fn advance(
    tx: &mut Tx,
    id: SubscriptionId,
    (from, to): (i64, i64),
) -> Result<Change, StoreError> {
    let sql = "UPDATE subscription
               SET cursor = $3
               WHERE id = $1
                 AND cursor = $2
                 AND disabled IS NULL";
    tx.change(sql, vec![text(id), integer(from), integer(to)]).await
}

/// Sends nothing more, and says why.
pub async fn disable(tx: &mut Tx, id: SubscriptionId, why: &str) -> Result<Change, StoreError> {
    let sql = "UPDATE subscription
               SET disabled = $2
               WHERE id = $1";
    tx.change(sql, vec![text(id), text(why)]).await
}

/// Removes a subscription with its secret and everything on its way.
pub async fn delete(tx: &mut Tx, id: SubscriptionId) -> Result<Change, StoreError> {
    let troubles = "DELETE FROM trouble
                    WHERE subscription_id = $1";
    tx.execute(troubles, vec![text(id)]).await?;
    let deliveries = "DELETE FROM delivery
                      WHERE subscription_id = $1";
    tx.execute(deliveries, vec![text(id)]).await?;
    crate::secrets::delete_all(tx, &id.to_string()).await?;
    let sql = "DELETE FROM subscription
               WHERE id = $1";
    tx.change(sql, vec![text(id)]).await
}

/// Finds a subscription by its name or its id.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &str,
) -> Result<Option<Subscription>, StoreError> {
    let sql = select!("WHERE organisation_id = $1 AND (name = $2 OR id = $2)");
    tx.first(SOURCE, sql, vec![text(organisation), text(name)])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// Lists an organisation's subscriptions by name.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    Part { page, is_reversed }: &Part<String>,
) -> Result<Listed<Subscription>, StoreError> {
    let sql = if *is_reversed {
        select!(
            "WHERE organisation_id = $1 AND ($2 IS NULL OR name < $2)
             ORDER BY name DESC
             LIMIT $3"
        )
    } else {
        select!(
            "WHERE organisation_id = $1 AND ($2 IS NULL OR name > $2)
             ORDER BY name
             LIMIT $3"
        )
    };
    let args = vec![text(organisation), text_or_null(page.after.as_ref()), integer(page.limit)];
    let records = tx.all(SOURCE, sql, args).await?;
    Listed::page_by(records, page.limit, |record| record.text("name"), read)
}

/// Lists every subscription of the installation.
pub async fn all(tx: &mut Tx) -> Result<Listed<Subscription>, StoreError> {
    Ok(Listed::read(tx.all(SOURCE, select!("ORDER BY id"), vec![]).await?, read))
}

fn wishes(subscription: &Subscription) -> Vec<Arg> {
    vec![
        text(subscription.id),
        text(subscription.organisation),
        text(&subscription.name),
        text(&subscription.events),
        text_or_null(subscription.disabled.as_ref()),
    ]
}

fn read(record: &Record) -> Result<Subscription, StoreError> {
    let channel = match (record.text("channel")?.as_str(), record.text_or_null("url")?) {
        ("webhook", Some(url)) => Channel::Webhook { url },
        ("mail", None) => Channel::Mail,
        (other, _) => return Err(record.unknown("channel", other)),
    };
    Ok(Subscription {
        id: record.parse("id")?,
        organisation: record.parse("organisation_id")?,
        name: record.text("name")?,
        channel,
        events: record.parse("events")?,
        disabled: record.text_or_null("disabled")?,
        cursor: record.integer("cursor")?,
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
    })
}
