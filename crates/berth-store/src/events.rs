//! What happened, in the order in which it became visible.
//!
//! # Invariants
//!
//! * Ids are in commit order on both databases: the counter that hands them out is a row that stays
//!   locked until its transaction ends, so a reader that saw an id has seen all smaller ones.
//! * A transaction that is taken back gives its ids back too.
//! * Append last. Locks taken after the counter's could make two writers wait for each other.

use berth_domain::{OperationId, OrganisationId, TenantId, Timestamp};
use serde_json::Value;

use crate::arg::{integer, text, text_or_null, time};
use crate::listed::is_full;
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// Something that is about to have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub organisation: OrganisationId,
    pub operation: Option<OperationId>,
    pub tenant: Option<TenantId>,
    /// A word with dots: `operation.state`.
    pub kind: String,
    /// Without secrets: events are shown.
    pub data: Value,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Rises in commit order.
    pub id: i64,
    pub organisation: OrganisationId,
    pub operation: Option<OperationId>,
    pub tenant: Option<TenantId>,
    pub kind: String,
    pub data: Value,
    pub at: Timestamp,
}

/// Events that follow each other, and why others between them cannot be read.
#[derive(Debug)]
pub struct Batch {
    pub rows: Vec<Event>,
    pub unreadable: Vec<StoreError>,
    /// The last one, readable or not. `None`: there is none.
    pub last: Option<i64>,
    /// Whether there may be more behind it.
    pub is_whole: bool,
}

const SOURCE: Source = Source { table: "event", key: "id" };
const COUNTER: Source = Source { table: "counter", key: "name" };

/// Adds an event and returns its id.
pub async fn append(tx: &mut Tx, event: &NewEvent, at: Timestamp) -> Result<i64, StoreError> {
    let next = "UPDATE counter
                SET value = value + 1
                WHERE name = 'event'
                RETURNING name, value";
    let id = counter(tx, next).await?;
    let NewEvent { organisation, operation, tenant, kind, data } = event;
    let sql = "INSERT INTO event (id, organisation_id, operation_id, tenant_id, kind, data, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let args = vec![
        integer(id),
        text(organisation),
        text_or_null(*operation),
        text_or_null(*tenant),
        text(kind),
        text(data),
        time(at),
    ];
    tx.execute(sql, args).await?;
    Ok(id)
}

/// Adds an event of the installation itself: one to every organisation, because each of them is
/// concerned and nobody watches more than their own. It names no tenant and no operation.
pub async fn append_to_all(
    tx: &mut Tx,
    kind: &str,
    data: &Value,
    at: Timestamp,
) -> Result<(), StoreError> {
    let organisations = crate::organisations::list(tx).await?;
    for error in &organisations.unreadable {
        tracing::error!(%error, "an organisation cannot be read");
    }
    for organisation in organisations.rows {
        let event = NewEvent {
            organisation: organisation.id,
            operation: None,
            tenant: None,
            kind: kind.to_owned(),
            data: data.clone(),
        };
        append(tx, &event, at).await?;
    }
    Ok(())
}

/// Lists an organisation's events behind `last`, oldest first, at most `limit`.
///
/// With `operation` only that one's. Whoever follows them goes on behind [`Batch::last`].
pub async fn after(
    tx: &mut Tx,
    organisation: OrganisationId,
    last: i64,
    operation: Option<OperationId>,
    limit: u32,
) -> Result<Batch, StoreError> {
    let sql = "SELECT id, organisation_id, operation_id, tenant_id, kind, data, at
               FROM event
               WHERE organisation_id = $1
                 AND id > $2
                 AND ($3 IS NULL OR operation_id = $3)
               ORDER BY id
               LIMIT $4";
    let args = vec![text(organisation), integer(last), text_or_null(operation), integer(limit)];
    let records = tx.all(SOURCE, sql, args).await?;
    let last = records.last().map(|last| last.integer("id")).transpose()?;
    let is_whole = is_full(&records, limit);
    let Listed { rows, unreadable, .. } = Listed::read(records, read);
    Ok(Batch { rows, unreadable, last, is_whole })
}

/// Lists the newest events of one operation, oldest first, at most `limit`. How far it was then is left out:
/// that is said many times, and the operation itself says how far it is.
pub async fn newest_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    operation: OperationId,
    limit: u32,
) -> Result<Listed<Event>, StoreError> {
    let sql = "SELECT id, organisation_id, operation_id, tenant_id, kind, data, at
               FROM event
               WHERE organisation_id = $1
                 AND operation_id = $2
                 AND kind <> 'progress'
               ORDER BY id DESC
               LIMIT $3";
    let args = vec![text(organisation), text(operation), integer(limit)];
    let mut records = tx.all(SOURCE, sql, args).await?;
    records.reverse();
    Ok(Listed::read(records, read))
}

/// Returns the id of the newest event of the installation, 0 before the first.
pub async fn latest(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "SELECT name, value
               FROM counter
               WHERE name = 'event'";
    counter(tx, sql).await
}

/// The kind of event that says that somebody told an operation what to do, through a server that
/// does not drive it.
pub const ASKED: &str = "asked";

/// Returns which operations were told something after the event `last`, oldest first.
pub async fn asked_since(tx: &mut Tx, last: i64) -> Result<Vec<OperationId>, StoreError> {
    let sql = "SELECT id, operation_id
               FROM event
               WHERE id > $1
                 AND kind = $2
                 AND operation_id IS NOT NULL
               ORDER BY id";
    let rows = tx.all(SOURCE, sql, vec![integer(last), text(ASKED)]).await?;
    rows.iter().map(|row| row.parse("operation_id")).collect()
}

/// Forgets events older than this and returns how many there were.
pub async fn trim(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM event
               WHERE at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

async fn counter(tx: &mut Tx, sql: &'static str) -> Result<i64, StoreError> {
    let missing = || StoreError::Missing { table: COUNTER.table, row: "event".to_owned() };
    tx.first(COUNTER, sql, vec![]).await?.ok_or_else(missing)?.integer("value")
}

fn read(record: &Record) -> Result<Event, StoreError> {
    Ok(Event {
        id: record.integer("id")?,
        organisation: record.parse("organisation_id")?,
        operation: record.parse_or_null("operation_id")?,
        tenant: record.parse_or_null("tenant_id")?,
        kind: record.text("kind")?,
        data: record.json("data")?,
        at: record.time("at")?,
    })
}
