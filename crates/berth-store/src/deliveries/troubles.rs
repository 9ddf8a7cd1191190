//! What subscribers were told is wrong, so that nobody is told twice.

use berth_domain::notice::{Message, TroubleState};
use berth_domain::{OrganisationId, SubscriptionId, Timestamp};

use crate::arg::{text, time};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// Something that is wrong, as far as a subscriber was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub subscription: SubscriptionId,
    pub organisation: OrganisationId,
    /// `tenant.broken`.
    pub kind: String,
    /// Id of the tenant or operation, or the name of what else it is about.
    pub subject: String,
    pub state: TroubleState,
    pub reason: String,
    pub message: Message,
    pub told_at: Timestamp,
}

const SOURCE: Source = Source { table: "trouble", key: "subject" };

/// Finds what a subscriber was told about something.
pub async fn trouble(
    tx: &mut Tx,
    subscription: SubscriptionId,
    (kind, subject): (&str, &str),
) -> Result<Option<Trouble>, StoreError> {
    let sql =
        "SELECT subscription_id, organisation_id, kind, subject, state, reason, message, told_at
               FROM trouble
               WHERE subscription_id = $1
                 AND kind = $2
                 AND subject = $3";
    let args = vec![text(subscription), text(kind), text(subject)];
    tx.first(SOURCE, sql, args).await?.as_ref().map(read).transpose()
}

/// Lists what a subscriber was told is wrong, and is not known to be well.
pub async fn open_troubles(
    tx: &mut Tx,
    subscription: SubscriptionId,
) -> Result<Listed<Trouble>, StoreError> {
    let sql =
        "SELECT subscription_id, organisation_id, kind, subject, state, reason, message, told_at
               FROM trouble
               WHERE subscription_id = $1
                 AND state <> 'well'
               ORDER BY kind, subject";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(subscription)]).await?, read))
}

/// Keeps what a subscriber was told, in place of what was before.
pub async fn put_trouble(tx: &mut Tx, trouble: &Trouble) -> Result<(), StoreError> {
    let sql = "INSERT INTO trouble (
                   subscription_id, organisation_id, kind, subject, state, reason, message, told_at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (subscription_id, kind, subject)
               DO UPDATE SET state = excluded.state, reason = excluded.reason,
                             message = excluded.message, told_at = excluded.told_at";
    let args = vec![
        text(trouble.subscription),
        text(trouble.organisation),
        text(&trouble.kind),
        text(&trouble.subject),
        text(trouble.state.as_str()),
        text(&trouble.reason),
        text(trouble.message.to_json()),
        time(trouble.told_at),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Forgets what is well and was told before this.
pub async fn trim_troubles(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM trouble
               WHERE state = 'well'
                 AND told_at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

fn read(record: &Record) -> Result<Trouble, StoreError> {
    Ok(Trouble {
        subscription: record.parse("subscription_id")?,
        organisation: record.parse("organisation_id")?,
        kind: record.text("kind")?,
        subject: record.text("subject")?,
        state: record.parse("state")?,
        reason: record.text("reason")?,
        message: record.json("message")?,
        told_at: record.time("told_at")?,
    })
}
