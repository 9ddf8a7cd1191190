//! Disks of the host, as they were when people were told of them last.
//!
//! # Invariants
//!
//! * A row changes when its level does: what is free now is asked from the file system.

use berth_domain::disk::{DiskLevel, Space};
use berth_domain::{Bytes, Timestamp};

use crate::arg::{text, time, unsigned};
use crate::record::{Record, Source};
use crate::{Listed, StoreError, Tx};

/// A disk of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    /// What lies there: `home`, `engine` or `cluster`.
    pub place: String,
    pub path: String,
    /// What people were told, and since when.
    pub level: DiskLevel,
    pub since: Timestamp,
    pub looked_at: Timestamp,
    pub space: Space,
}

const SOURCE: Source = Source { table: "disk", key: "place" };

/// Lists the disks that were looked at, by place.
pub async fn list(tx: &mut Tx) -> Result<Listed<Disk>, StoreError> {
    let sql = "SELECT place, path, level, since, looked_at, free, total, free_files, total_files
               FROM disk
               ORDER BY place";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// Keeps what was seen of a disk, in place of what was before.
pub async fn put(tx: &mut Tx, disk: &Disk) -> Result<(), StoreError> {
    let Disk { place, path, level, since, looked_at, space } = disk;
    let sql = "INSERT INTO disk (
                   place, path, level, since, looked_at, free, total, free_files, total_files
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (place) DO UPDATE
               SET path = excluded.path, level = excluded.level, since = excluded.since,
                   looked_at = excluded.looked_at, free = excluded.free, total = excluded.total,
                   free_files = excluded.free_files, total_files = excluded.total_files";
    let args = vec![
        text(place),
        text(path),
        text(level.as_str()),
        time(*since),
        time(*looked_at),
        unsigned(space.free.0),
        unsigned(space.total.0),
        unsigned(space.free_files),
        unsigned(space.total_files),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Forgets a place that is not looked at any more.
pub async fn forget(tx: &mut Tx, place: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM disk
               WHERE place = $1";
    tx.execute(sql, vec![text(place)]).await.map(drop)
}

fn read(record: &Record) -> Result<Disk, StoreError> {
    Ok(Disk {
        place: record.text("place")?,
        path: record.text("path")?,
        level: record.parse("level")?,
        since: record.time("since")?,
        looked_at: record.time("looked_at")?,
        space: Space {
            free: Bytes(record.unsigned("free")?),
            total: Bytes(record.unsigned("total")?),
            free_files: record.unsigned("free_files")?,
            total_files: record.unsigned("total_files")?,
        },
    })
}
