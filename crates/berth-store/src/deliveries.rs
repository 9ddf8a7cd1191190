//! Messages on their way.
//!
//! # Invariants
//!
//! * Whoever sends a message claims it first, by its number of attempts: two who are about to send the
//!   same one do not. A claim ends by itself, so a message that somebody died over is sent again.
//! * What is at rest, delivered or given up, has no time to be tried.

mod troubles;

use berth_domain::notice::{DeliveryState, Message};
use berth_domain::{DeliveryId, OrganisationId, SubscriptionId, Timestamp};

use crate::arg::{integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Change, Listed, Page, StoreError, Tx};

pub use troubles::{Trouble, open_troubles, put_trouble, trim_troubles, trouble};

/// One message to one subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub subscription: SubscriptionId,
    pub organisation: OrganisationId,
    pub message: Message,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When to try. `None` at rest.
    pub next_at: Option<Timestamp>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

/// How many messages there are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: u64,
    pub delivered: u64,
    pub given_up: u64,
}

const SOURCE: Source = Source { table: "delivery", key: "id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.subscription_id, d.organisation_id, d.message, d.state, d.attempts,
                    d.next_at, d.error, d.created_at, d.finished_at
             FROM delivery d ",
            $rest
        )
    };
}

/// Adds a message.
pub async fn insert(tx: &mut Tx, delivery: &Delivery) -> Result<(), StoreError> {
    let sql = "INSERT INTO delivery (
                   id, subscription_id, organisation_id, kind, message, state, attempts, next_at,
                   error, created_at, finished_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let args = vec![
        text(delivery.id),
        text(delivery.subscription),
        text(delivery.organisation),
        text(&delivery.message.kind),
        text(delivery.message.to_json()),
        text(delivery.state.as_str()),
        integer(delivery.attempts),
        time_or_null(delivery.next_at),
        text_or_null(delivery.error.as_ref()),
        time(delivery.created_at),
        time_or_null(delivery.finished_at),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Lists messages that are to be tried now, the longest waiting first, of subscriptions that are on: one
/// of each, so that many to somebody who does not answer hide nobody else's. What is due after `beyond`
/// is due too: only a clock that was ahead can have said so.
pub async fn due(
    tx: &mut Tx,
    (now, beyond): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Listed<Delivery>, StoreError> {
    let sql = select!(
        "JOIN (
             SELECT w.id,
                    ROW_NUMBER() OVER (PARTITION BY w.subscription_id ORDER BY w.next_at, w.id)
                        AS turn
             FROM delivery w
             JOIN subscription s ON s.id = w.subscription_id
             WHERE (w.next_at <= $1 OR w.next_at > $2)
               AND s.disabled IS NULL
         ) queued ON queued.id = d.id
         WHERE queued.turn = 1
         ORDER BY d.next_at, d.id
         LIMIT $3"
    );
    Ok(Listed::read(
        tx.all(SOURCE, sql, vec![time(now), time(beyond), integer(limit)]).await?,
        read,
    ))
}

/// Begins an attempt that ends by itself at `until`, if nobody else did.
pub async fn claim(
    tx: &mut Tx,
    delivery: &Delivery,
    until: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE delivery
               SET attempts = attempts + 1, next_at = $3, error = NULL
               WHERE id = $1
                 AND attempts = $2
                 AND next_at IS NOT NULL";
    tx.change(sql, vec![text(delivery.id), integer(delivery.attempts), time(until)]).await
}

/// Ends the attempts of drivers before this one: they are made again now. Returns how many there were.
pub async fn release(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    // What waits after a failure says why; an attempt that goes on does not yet.
    let sql = "UPDATE delivery
               SET next_at = $1
               WHERE next_at > $1
                 AND attempts > 0
                 AND error IS NULL";
    tx.execute(sql, vec![time(now)]).await
}

/// Writes what came of the newest attempt. What was given up meanwhile does not wait again.
pub async fn settle(tx: &mut Tx, delivery: &Delivery) -> Result<Change, StoreError> {
    let sql = "UPDATE delivery
               SET state = $3, next_at = $4, error = $5, finished_at = $6
               WHERE id = $1
                 AND attempts = $2
                 AND ($3 <> 'waiting' OR next_at IS NOT NULL)";
    let args = vec![
        text(delivery.id),
        integer(delivery.attempts),
        text(delivery.state.as_str()),
        time_or_null(delivery.next_at),
        text_or_null(delivery.error.as_ref()),
        time_or_null(delivery.finished_at),
    ];
    tx.change(sql, args).await
}

/// Gives up everything that waits for a subscriber. Returns how many messages there were.
pub async fn give_up_all(
    tx: &mut Tx,
    subscription: SubscriptionId,
    why: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "UPDATE delivery
               SET state = 'given_up', next_at = NULL, error = $2, finished_at = $3
               WHERE subscription_id = $1
                 AND next_at IS NOT NULL";
    tx.execute(sql, vec![text(subscription), text(why), time(now)]).await
}

/// Gives up a message that this version cannot read, as `error` says, so that it is in nobody's way.
pub async fn give_up_unreadable(
    tx: &mut Tx,
    error: &StoreError,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (StoreError::Unknown { row, .. } | StoreError::Inconsistent { row, .. }) = error else {
        return Ok(());
    };
    let sql = "UPDATE delivery
               SET state = 'given_up', next_at = NULL, error = $2, finished_at = $3
               WHERE id = $1";
    tx.execute(sql, vec![text(row), text(error), time(now)]).await.map(drop)
}

/// Sends a message once more, from the beginning.
pub async fn again(tx: &mut Tx, id: DeliveryId, at: Timestamp) -> Result<Change, StoreError> {
    let sql = "UPDATE delivery
               SET state = 'waiting', attempts = 0, next_at = $2, error = NULL, finished_at = NULL
               WHERE id = $1";
    tx.change(sql, vec![text(id), time(at)]).await
}

/// Finds a message of a subscription.
pub async fn find(
    tx: &mut Tx,
    subscription: SubscriptionId,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let sql = select!("WHERE d.subscription_id = $1 AND d.id = $2");
    tx.first(SOURCE, sql, vec![text(subscription), text(id)]).await?.as_ref().map(read).transpose()
}

/// Lists the messages of a subscription, newest first.
pub async fn list(
    tx: &mut Tx,
    subscription: SubscriptionId,
    limit: u32,
) -> Result<Listed<Delivery>, StoreError> {
    let sql = select!("WHERE d.subscription_id = $1 ORDER BY d.id DESC LIMIT $2");
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(subscription), integer(limit)]).await?, read))
}

/// Lists the messages of a subscription in a state, newest first; with `None` in any.
pub async fn history(
    tx: &mut Tx,
    subscription: SubscriptionId,
    state: Option<DeliveryState>,
    page: &Page<DeliveryId>,
) -> Result<Listed<Delivery>, StoreError> {
    let sql = select!(
        "WHERE d.subscription_id = $1
           AND ($2 IS NULL OR d.state = $2)
           AND ($3 IS NULL OR d.id < $3)
         ORDER BY d.id DESC
         LIMIT $4"
    );
    let args = vec![
        text(subscription),
        text_or_null(state.map(DeliveryState::as_str)),
        text_or_null(page.after),
        integer(page.limit),
    ];
    Ok(Listed::page(tx.all(SOURCE, sql, args).await?, page.limit, read))
}

/// Lists the messages of a subscription of one of two kinds, newest first.
pub async fn of_kinds(
    tx: &mut Tx,
    subscription: SubscriptionId,
    (one, other): (&str, &str),
    limit: u32,
) -> Result<Listed<Delivery>, StoreError> {
    let sql = select!(
        "WHERE d.subscription_id = $1
           AND (d.kind = $2 OR d.kind = $3)
         ORDER BY d.id DESC
         LIMIT $4"
    );
    let args = vec![text(subscription), text(one), text(other), integer(limit)];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

/// Counts the messages of a subscription that were made after `since`. What was never tried is not
/// given up in the sense that somebody could not be reached.
pub async fn count(
    tx: &mut Tx,
    subscription: SubscriptionId,
    since: Timestamp,
) -> Result<Counts, StoreError> {
    let sql = "SELECT subscription_id AS id,
                      COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting,
                      COUNT(CASE WHEN state = 'delivered' THEN 1 END) AS delivered,
                      COUNT(CASE WHEN state = 'given_up' AND attempts > 0 THEN 1 END) AS given_up
               FROM delivery
               WHERE subscription_id = $1
                 AND created_at > $2
               GROUP BY subscription_id";
    let found = tx.first(SOURCE, sql, vec![text(subscription), time(since)]).await?;
    let Some(record) = found else { return Ok(Counts::default()) };
    Ok(Counts {
        waiting: record.unsigned("waiting")?,
        delivered: record.unsigned("delivered")?,
        given_up: record.unsigned("given_up")?,
    })
}

/// Forgets messages at rest that are older than this and returns how many there were.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM delivery
               WHERE created_at < $1
                 AND next_at IS NULL";
    tx.execute(sql, vec![time(older_than)]).await
}

fn read(record: &Record) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: record.parse("id")?,
        subscription: record.parse("subscription_id")?,
        organisation: record.parse("organisation_id")?,
        message: record.json("message")?,
        state: record.parse("state")?,
        attempts: record.unsigned("attempts")?,
        next_at: record.time_or_null("next_at")?,
        error: record.text_or_null("error")?,
        created_at: record.time("created_at")?,
        finished_at: record.time_or_null("finished_at")?,
    })
}
