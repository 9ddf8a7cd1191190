//! Since when things are there that belong to nobody.

use berth_domain::Timestamp;

use crate::arg::{text, time};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// One thing that no row refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenOrphan {
    /// What it is: `container`, `database` and so on.
    pub kind: String,
    pub name: String,
    pub first_seen: Timestamp,
}

const SOURCE: Source = Source { table: "orphan", key: "name" };

/// Lists all of them by kind and name.
pub async fn list(tx: &mut Tx) -> Result<Listed<SeenOrphan>, StoreError> {
    let sql = "SELECT kind, name, first_seen
               FROM orphan
               ORDER BY kind, name";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// Notes that one is there. What was noted before stays.
pub async fn note(tx: &mut Tx, kind: &str, name: &str, at: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO orphan (kind, name, first_seen)
               VALUES ($1, $2, $3)
               ON CONFLICT (kind, name) DO NOTHING";
    tx.execute(sql, vec![text(kind), text(name), time(at)]).await.map(drop)
}

/// Forgets one that is gone, or has an owner.
pub async fn forget(tx: &mut Tx, kind: &str, name: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM orphan
               WHERE kind = $1 AND name = $2";
    tx.execute(sql, vec![text(kind), text(name)]).await.map(drop)
}

fn read(record: &Record) -> Result<SeenOrphan, StoreError> {
    Ok(SeenOrphan {
        kind: record.text("kind")?,
        name: record.text("name")?,
        first_seen: record.time("first_seen")?,
    })
}
