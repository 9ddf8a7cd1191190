//! Telling people what happened.
//!
//! # Invariants
//!
//! * What follows from events is written in the transaction that moves a subscription's cursor past
//!   them: a process that dies in between leaves none out.
//! * A message is claimed before it is sent and settled afterwards; one that somebody died over is sent
//!   again. At least once, then, with the same id.
//! * Whoever does not answer delays nobody but themselves, and a row that cannot be read nothing but
//!   what is said about it.
//! * For whoever was switched off nothing is looked at and nothing waits: what happened meanwhile is not
//!   told later. The same holds while whoever answers for a webhook may not look after it (`maker`).
//! * Only the driver does any of this.

mod digest;
mod now;
mod send;
mod troubles;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use berth_domain::notice::{DeliveryState, Message, Patterns};
use berth_domain::{Actor, DeliveryId, OrganisationId, SubscriptionId, Timestamp, chain};
use berth_store::deliveries::{self, Delivery};
use berth_store::subscriptions::{self, Channel, Subscription};
use berth_store::{StoreError, Tx, events, organisations};

use super::unreadable::Unreadable;
use crate::engine::Inner;
use crate::error::EngineError;

pub(super) use send::try_now;

/// How often to look.
const EVERY: Duration = Duration::from_secs(1);
/// What the subscription of the configured readers is called.
pub(crate) const MAIL: &str = "mail";
/// Why it is off while the configuration names nobody.
const NO_READER: &str = "no reader is configured";

/// Tells for as long as the engine drives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    tokio::join!(look(engine), send::keep(engine));
}

async fn look(engine: &Arc<Inner>) {
    let mut has_mail = false;
    let mut said = Unreadable::default();
    loop {
        if !has_mail {
            match subscribe_readers(engine).await {
                Ok(()) => has_mail = true,
                Err(error) => {
                    tracing::warn!(error = %chain(&error), "cannot subscribe the readers of mail");
                }
            }
        }
        if let Err(error) = look_once(engine, &mut said).await {
            tracing::warn!(error = %chain(&error), "cannot look for what is to be told");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn look_once(engine: &Arc<Inner>, said: &mut Unreadable) -> Result<(), EngineError> {
    let mut tx = engine.store.read().await?;
    let all = subscriptions::all(&mut tx).await?;
    let latest = events::latest(&mut tx).await?;
    let names = organisations::list(&mut tx).await?.rows;
    drop(tx);
    said.say("a subscription", &all.unreadable);
    let names: BTreeMap<_, _> = names.into_iter().map(|it| (it.id, it.name.to_string())).collect();
    for subscription in all.rows.iter().filter(|it| it.disabled.is_none()) {
        let name = names.get(&subscription.organisation).map_or("", String::as_str);
        if let Err(error) = look_for(engine, (subscription, name), latest).await {
            tracing::warn!(
                subscription.name = subscription.name, error = %chain(&error),
                "cannot look for what somebody is to be told"
            );
        }
    }
    Ok(())
}

async fn look_for(
    engine: &Inner,
    (subscription, organisation): (&Subscription, &str),
    latest: i64,
) -> Result<(), EngineError> {
    let mut cursor = subscription.cursor;
    while cursor < latest {
        let to = (subscription, organisation);
        match digest::digest(engine, to, (cursor, latest)).await? {
            Some(next) => cursor = next,
            // Somebody else was faster; the next look sees how far.
            None => break,
        }
    }
    troubles::look(engine, subscription).await
}

/// What follows from switching somebody off or on: nothing waits, or nothing of before is told.
pub(super) async fn switch(
    engine: &Inner,
    tx: &mut Tx,
    (before, after): (&Subscription, &Subscription),
) -> Result<(), StoreError> {
    match (&before.disabled, &after.disabled) {
        (None, Some(why)) => {
            deliveries::give_up_all(tx, after.id, why, engine.clock.now()).await?;
        }
        (Some(_), None) => {
            let latest = events::latest(tx).await?;
            let _ = subscriptions::advance(tx, after.id, (before.cursor, latest)).await?;
        }
        (None, None) | (Some(_), Some(_)) => {}
    }
    Ok(())
}

/// A row that this version cannot read is as good as none.
fn if_readable<T>(found: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(error) if error.is_about_one_row() => {
            tracing::warn!(%error, "somebody is told less than there is to tell");
            Ok(None)
        }
        found => found,
    }
}

/// The readers that the configuration names hear of everything from now on, unless they are subscribed.
async fn subscribe_readers(engine: &Inner) -> Result<(), EngineError> {
    let has_readers = !engine.messenger.readers().is_empty();
    let mut tx = engine.store.read().await?;
    let known = subscriptions::all(&mut tx).await?.rows;
    drop(tx);
    if !has_readers && known.iter().all(|it| it.channel != Channel::Mail) {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    for organisation in organisations::list(&mut tx).await?.rows {
        if !organisations::is_there(&mut tx, organisation.id).await? {
            continue;
        }
        let found = subscriptions::find(&mut tx, organisation.id, MAIL).await?;
        match found {
            None if has_readers => {
                subscribe_readers_of(engine, &mut tx, organisation.id).await?;
            }
            Some(mail) => {
                let disabled = match mail.disabled.as_deref() {
                    None if !has_readers => Some(NO_READER.to_owned()),
                    // What somebody switched off stays off.
                    Some(NO_READER) if has_readers => None,
                    _ => continue,
                };
                let changed = Subscription { disabled, ..mail.clone() };
                let _ = subscriptions::update(&mut tx, &changed).await?;
                switch(engine, &mut tx, (&mail, &changed)).await?;
            }
            None => {}
        }
    }
    tx.commit().await.map_err(StoreError::into)
}

/// The same of an organisation that has no such subscription, which a new one has not.
pub(super) async fn subscribe_readers_of(
    engine: &Inner,
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<(), EngineError> {
    if engine.messenger.readers().is_empty() {
        return Ok(());
    }
    let mail = Subscription {
        id: SubscriptionId::from_uuid(engine.ids.uuid()),
        organisation,
        name: MAIL.to_owned(),
        channel: Channel::Mail,
        events: Patterns::all(),
        disabled: None,
        cursor: events::latest(tx).await?,
        created_at: engine.clock.now(),
        created_by: Actor::System,
    };
    Ok(subscriptions::insert(tx, &mail).await?)
}

/// A message that waits to be sent at once.
pub(super) fn delivery(
    engine: &Inner,
    subscription: &Subscription,
    (id, message): (DeliveryId, Message),
    now: Timestamp,
) -> Delivery {
    tracing::info!(
        message.id = %id, message.kind = message.kind, subscription.name = subscription.name,
        title = message.title, "somebody is told"
    );
    engine.notices.made();
    Delivery {
        id,
        subscription: subscription.id,
        organisation: subscription.organisation,
        message,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: Some(now),
        error: None,
        created_at: now,
        finished_at: None,
    }
}

pub(super) fn message_id(engine: &Inner) -> DeliveryId {
    DeliveryId::from_uuid(engine.ids.uuid())
}
