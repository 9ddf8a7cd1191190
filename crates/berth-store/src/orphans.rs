//! What is there and belongs to nobody: since when, who removes it, and what does belong to somebody.
//!
//! # Invariants
//!
//! * Whoever removes a thing notes that first, in a transaction that saw no owner; whoever makes a
//!   tenant of what is there looks whether somebody does. Both hold [`crate::names::lock`].
//! * A row of a newer version protects what it names as well as any other.

use berth_domain::orphan::{Claims, OrphanKind, OrphanName};
use berth_domain::{ObjectName, TenantId, Timestamp};

use crate::arg::{text, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx};

/// One thing that no row refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenOrphan {
    pub what: OrphanName,
    pub first_seen: Timestamp,
    /// Since when somebody is removing it. `None`: nobody is.
    pub removing_since: Option<Timestamp>,
}

const SOURCE: Source = Source { table: "orphan", key: "name" };
const OWNER: Source = Source { table: "tenant", key: "object_name" };

/// Lists all of them by kind and name.
pub async fn list(tx: &mut Tx) -> Result<Listed<SeenOrphan>, StoreError> {
    let sql = "SELECT kind, name, first_seen, removing_since
               FROM orphan
               ORDER BY kind, name";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// Counts them.
pub async fn count(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS orphans
               FROM orphan";
    match tx.first(SOURCE, sql, vec![]).await? {
        Some(record) => record.unsigned("orphans"),
        None => Ok(0),
    }
}

/// Notes that one is there. What was noted before stays.
pub async fn note(tx: &mut Tx, what: &OrphanName, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO orphan (kind, name, first_seen)
               VALUES ($1, $2, $3)
               ON CONFLICT (kind, name) DO NOTHING";
    let args = vec![text(what.kind.as_str()), text(&what.name), time(at)];
    tx.execute(sql, args).await.map(drop)
}

/// Notes that somebody removes one, or with `None` that nobody does any more.
pub async fn mark_removing(
    tx: &mut Tx,
    what: &OrphanName,
    since: Option<Timestamp>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE orphan
               SET removing_since = $3
               WHERE kind = $1 AND name = $2";
    let args = vec![text(what.kind.as_str()), text(&what.name), time_or_null(since)];
    tx.change(sql, args).await
}

/// Forgets one that is gone, or has an owner.
pub async fn forget(tx: &mut Tx, what: &OrphanName) -> Result<(), StoreError> {
    let sql = "DELETE FROM orphan
               WHERE kind = $1 AND name = $2";
    tx.execute(sql, vec![text(what.kind.as_str()), text(&what.name)]).await.map(drop)
}

/// Returns what rows of tenants and blueprints have, readable or not, and whether an operation works
/// at it.
pub async fn claims(tx: &mut Tx) -> Result<Claims, StoreError> {
    let sql = "SELECT t.object_name, CAST(CASE WHEN o.id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS at_work
               FROM tenant t
               LEFT JOIN operation o
                 ON o.tenant_id = t.id AND o.state IN ('queued', 'running', 'undoing')
               UNION ALL
               SELECT b.object_name, CAST(CASE WHEN o.id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS at_work
               FROM blueprint b
               LEFT JOIN operation o
                 ON o.id = b.operation_id AND o.state IN ('queued', 'running', 'undoing')";
    let mut claims = Claims::default();
    for record in tx.all(OWNER, sql, vec![]).await? {
        claims.note(record.parse("object_name")?, record.flag("at_work")?);
    }
    Ok(claims)
}

/// Returns the object names of all tenants that there ever were an operation of.
pub async fn known(tx: &mut Tx) -> Result<Vec<ObjectName>, StoreError> {
    const OPERATION: Source = Source { table: "operation", key: "tenant_id" };
    let sql = "SELECT DISTINCT tenant_id
               FROM operation
               WHERE tenant_id IS NOT NULL";
    let records = tx.all(OPERATION, sql, vec![]).await?;
    let name = |record: &Record| Ok(record.parse::<TenantId>("tenant_id")?.object_name());
    Ok(Listed::read(records, name).rows)
}

fn read(record: &Record) -> Result<SeenOrphan, StoreError> {
    let kind = record.text("kind")?;
    let kind = OrphanKind::find(&kind).ok_or_else(|| record.unknown("kind", &kind))?;
    Ok(SeenOrphan {
        what: OrphanName::new(kind, record.text("name")?),
        first_seen: record.time("first_seen")?,
        removing_since: record.time_or_null("removing_since")?,
    })
}
