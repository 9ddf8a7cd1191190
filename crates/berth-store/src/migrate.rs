//! Brings the schema up to date.
//!
//! # Invariants
//!
//! * Forward only. A database that a newer version changed is refused before anything is written.
//! * Each migration and the note that it ran commit together, under a lock that keeps a second
//!   process out.
//! * A database that holds data is copied first (SQLite) or dumped (PostgreSQL), unless somebody
//!   vouches for a backup.
//! * A migration never changes after its release: its checksum is kept.

use std::path::Path;

use aws_lc_rs::digest;
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::{Backup, StoreError};

/// One step of the schema.
///
/// `{text}` in its SQL becomes the column type for text: on PostgreSQL with byte order, which is
/// SQLite's, so that both sort alike whatever locale the database was made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) sql: &'static str,
}

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: include_str!("../migrations/0001_first.sql") },
    Migration { version: 2, sql: include_str!("../migrations/0002_life_cycle.sql") },
    Migration { version: 3, sql: include_str!("../migrations/0003_observation.sql") },
    // Fills nothing in: a tenant that was broken before and closed by an operator counts as open. No
    // released version wrote such a row, and which of them were closed stands in no other one.
    Migration { version: 4, sql: include_str!("../migrations/0004_reconciliation.sql") },
    Migration { version: 5, sql: include_str!("../migrations/0005_uploads.sql") },
    Migration { version: 6, sql: include_str!("../migrations/0006_schedules_and_messages.sql") },
    Migration { version: 7, sql: include_str!("../migrations/0007_storage.sql") },
    Migration { version: 8, sql: include_str!("../migrations/0008_audit.sql") },
    Migration { version: 9, sql: include_str!("../migrations/0009_tokens.sql") },
    Migration { version: 10, sql: include_str!("../migrations/0010_people.sql") },
    Migration { version: 11, sql: include_str!("../migrations/0011_address_in_the_audit.sql") },
    Migration { version: 12, sql: include_str!("../migrations/0012_answers_and_orders.sql") },
    Migration { version: 13, sql: include_str!("../migrations/0013_sign_in_elsewhere.sql") },
    Migration { version: 14, sql: include_str!("../migrations/0014_titles_of_organisations.sql") },
    Migration { version: 15, sql: include_str!("../migrations/0015_statistics.sql") },
    Migration { version: 16, sql: include_str!("../migrations/0016_lists_of_what_was_done.sql") },
];

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    version BIGINT PRIMARY KEY,
    checksum TEXT NOT NULL
)";
const APPLIED: &str = "SELECT version, checksum FROM schema_migration ORDER BY version";
const APPLY: &str = "INSERT INTO schema_migration (version, checksum) VALUES ($1, $2)";
/// Any number that nobody else takes an advisory lock on: the letters of "berth".
const LOCK: &str = "SELECT pg_advisory_xact_lock(422608794728)";

pub(crate) async fn sqlite(
    pool: &SqlitePool,
    path: &Path,
    migrations: &[Migration],
    backup: &Backup,
) -> Result<(), StoreError> {
    sqlx::query(HISTORY).execute(pool).await.map_err(StoreError::query)?;
    let applied: Vec<(i64, String)> =
        sqlx::query_as(APPLIED).fetch_all(pool).await.map_err(StoreError::query)?;
    let pending = pending(migrations, &applied)?;
    if let (Some(_), Some((from, _)), false) = (pending.first(), applied.last(), backup.taken) {
        let copy = crate::sqlite::back_up(pool, path, *from).await?;
        tracing::info!(path = %copy.display(), "copied the control database before changing it");
    }
    for migration in pending {
        let failed = |source| StoreError::Migrate { version: migration.version, source };
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.map_err(StoreError::query)?;
        let text = migration.sql.replace("{text}", "TEXT");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *tx).await.map_err(failed)?;
        let note = sqlx::query(APPLY).bind(migration.version).bind(checksum(migration.sql));
        note.execute(&mut *tx).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
    }
    Ok(())
}

pub(crate) async fn postgres(
    pool: &PgPool,
    url: &SecretString,
    migrations: &[Migration],
    backup: &Backup,
) -> Result<(), StoreError> {
    let mut tx = pool.begin().await.map_err(StoreError::query)?;
    sqlx::query(LOCK).execute(&mut *tx).await.map_err(StoreError::query)?;
    sqlx::query(HISTORY).execute(&mut *tx).await.map_err(StoreError::query)?;
    let applied: Vec<(i64, String)> =
        sqlx::query_as(APPLIED).fetch_all(&mut *tx).await.map_err(StoreError::query)?;
    let pending = pending(migrations, &applied)?;
    if let (Some(last), Some((from, _)), false) = (pending.last(), applied.last(), backup.taken) {
        dump(pool, url, backup, (*from, last.version)).await?;
    }
    for migration in pending {
        let failed = |source| StoreError::Migrate { version: migration.version, source };
        let text = migration.sql.replace("{text}", "TEXT COLLATE \"C\"");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *tx).await.map_err(failed)?;
        let note = sqlx::query(APPLY).bind(migration.version).bind(checksum(migration.sql));
        note.execute(&mut *tx).await.map_err(failed)?;
    }
    tx.commit().await.map_err(StoreError::query)
}

async fn dump(
    pool: &PgPool,
    url: &SecretString,
    backup: &Backup,
    (from, to): (i64, i64),
) -> Result<(), StoreError> {
    let refuse = |why| StoreError::BackupNeeded { from, to, why };
    let Some(folder) = &backup.folder else {
        return Err(refuse("no folder for a dump was given".to_owned()));
    };
    match crate::postgres::dump::make(pool, url, folder, from).await? {
        Ok(dump) => {
            tracing::info!(path = %dump.display(), "dumped the control database before changing it");
            Ok(())
        }
        Err(error) => Err(refuse(error.to_string())),
    }
}

/// Returns the versions and checksums of what was applied; nothing for an empty database.
pub(crate) async fn applied_sqlite(pool: &SqlitePool) -> Result<Vec<(i64, String)>, StoreError> {
    let tables: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'",
    )
    .fetch_one(pool)
    .await
    .map_err(StoreError::query)?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    sqlx::query_as(APPLIED).fetch_all(pool).await.map_err(StoreError::query)
}

/// The same of a PostgreSQL database.
pub(crate) async fn applied_postgres(pool: &PgPool) -> Result<Vec<(i64, String)>, StoreError> {
    let table: Option<String> = sqlx::query_scalar("SELECT to_regclass('schema_migration')::text")
        .fetch_one(pool)
        .await
        .map_err(StoreError::query)?;
    if table.is_none() {
        return Ok(Vec::new());
    }
    sqlx::query_as(APPLIED).fetch_all(pool).await.map_err(StoreError::query)
}

/// Returns what is still to be done, in order.
pub(crate) fn pending<'a>(
    migrations: &'a [Migration],
    applied: &[(i64, String)],
) -> Result<&'a [Migration], StoreError> {
    let known = migrations.last().map_or(0, |migration| migration.version);
    let found = applied.last().map_or(0, |(version, _)| *version);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    for (migration, (version, sum)) in migrations.iter().zip(applied) {
        if migration.version != *version || checksum(migration.sql) != *sum {
            return Err(StoreError::ChangedMigration { version: *version });
        }
    }
    Ok(&migrations[applied.len()..])
}

fn checksum(sql: &str) -> String {
    use base64::Engine as _;
    let sum = digest::digest(&digest::SHA256, sql.as_bytes());
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(sum)
}

#[cfg(test)]
mod tests;
