//! What tenants fill: their databases and files, as they were measured last.
//!
//! # Invariants
//!
//! * A measurement that fails leaves the figures and their time as they were, and says why it failed.

use berth_domain::storage::{Level, Measured};
use berth_domain::{Bytes, OrganisationId, Tenant, TenantId, TenantName, Timestamp};

use crate::arg::{integer, text, text_or_null, time, unsigned};
use crate::record::{Record, Source};
use crate::tenants::{SOURCE as TENANT, row, select};
use crate::{Listed, StoreError, Tx};

/// What a tenant fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageUse {
    pub tenant: TenantId,
    /// `None`: it was never measured.
    pub measured: Option<(Measured, Timestamp)>,
    pub attempted_at: Timestamp,
    /// Why the last attempt failed or counted too little.
    pub problem: Option<String>,
    pub level: Level,
}

const SOURCE: Source = Source { table: "storage_use", key: "tenant_id" };

macro_rules! read_use {
    ($rest:literal) => {
        concat!(
            "SELECT u.tenant_id, u.measured_at, u.database_bytes, u.files_bytes, u.attempted_at,
                    u.problem, u.level
             FROM storage_use u ",
            $rest
        )
    };
}

/// Keeps what was measured of a tenant, in place of what was before. Nothing happens when it is gone.
pub async fn measured(
    tx: &mut Tx,
    tenant: TenantId,
    (measured, at): (Measured, Timestamp),
    problem: Option<&str>,
    level: Level,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO storage_use (
                   tenant_id, organisation_id, measured_at, database_bytes, files_bytes,
                   attempted_at, problem, level
               )
               SELECT id, organisation_id, $2, $3, $4, $2, $5, $6
               FROM tenant
               WHERE id = $1
               ON CONFLICT (tenant_id) DO UPDATE
               SET measured_at = excluded.measured_at, database_bytes = excluded.database_bytes,
                   files_bytes = excluded.files_bytes, attempted_at = excluded.attempted_at,
                   problem = excluded.problem, level = excluded.level";
    let args = vec![
        text(tenant),
        time(at),
        unsigned(measured.database.0),
        unsigned(measured.files.0),
        text_or_null(problem),
        text(level.as_str()),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Notes that a tenant could not be measured, and why.
pub async fn failed(
    tx: &mut Tx,
    tenant: TenantId,
    problem: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO storage_use (tenant_id, organisation_id, attempted_at, problem, level)
               SELECT id, organisation_id, $2, $3, $4
               FROM tenant
               WHERE id = $1
               ON CONFLICT (tenant_id) DO UPDATE
               SET attempted_at = excluded.attempted_at, problem = excluded.problem";
    let args = vec![text(tenant), time(at), text(problem), text(Level::Fits.as_str())];
    tx.execute(sql, args).await.map(drop)
}

/// Has a tenant measured by the next look, however young its figures are.
pub async fn make_due(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "UPDATE storage_use
               SET attempted_at = 0
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}

/// Notes what people were told about a tenant that was measured before.
pub async fn set_level(tx: &mut Tx, tenant: TenantId, level: Level) -> Result<(), StoreError> {
    let sql = "UPDATE storage_use
               SET level = $2
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant), text(level.as_str())]).await.map(drop)
}

/// Returns what a tenant fills. `None`: nobody tried to measure it yet.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    tenant: TenantId,
) -> Result<Option<StorageUse>, StoreError> {
    let sql = read_use!("WHERE u.organisation_id = $1 AND u.tenant_id = $2");
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(tenant)]).await?;
    found.as_ref().map(read).transpose()
}

/// Returns what every tenant of the installation fills, with its name.
pub async fn all(tx: &mut Tx) -> Result<Listed<(TenantName, StorageUse)>, StoreError> {
    let sql = "SELECT u.tenant_id, u.measured_at, u.database_bytes, u.files_bytes, u.attempted_at,
                      u.problem, u.level, t.name
               FROM storage_use u
               JOIN tenant t ON t.id = u.tenant_id
               ORDER BY t.name";
    let read = |record: &Record| Ok((record.parse("name")?, read(record)?));
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// One tenant that was measured, and its limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// The name of its organisation.
    pub organisation: String,
    pub tenant: TenantName,
    pub measured: Measured,
    pub limit: Option<Bytes>,
}

/// Returns what was measured of every tenant of the installation.
pub async fn measurements(tx: &mut Tx) -> Result<Listed<Measurement>, StoreError> {
    let sql = "SELECT u.tenant_id, o.name AS organisation, t.name, t.storage, u.database_bytes,
                      u.files_bytes
               FROM storage_use u
               JOIN tenant t ON t.id = u.tenant_id
               JOIN organisation o ON o.id = t.organisation_id
               WHERE u.measured_at IS NOT NULL
               ORDER BY o.name, t.name";
    let read = |record: &Record| {
        Ok(Measurement {
            organisation: record.text("organisation")?,
            tenant: record.parse("name")?,
            measured: Measured {
                database: Bytes(record.unsigned("database_bytes")?),
                files: Bytes(record.unsigned("files_bytes")?),
            },
            limit: record.unsigned_or_null("storage")?.map(Bytes),
        })
    };
    Ok(Listed::read(tx.all(SOURCE, sql, vec![]).await?, read))
}

/// Whose turn it is to be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Whoever nobody tried to measure since then.
    pub since: Timestamp,
    /// The same of tenants that were put away.
    pub away: Timestamp,
    /// Whoever was tried later than this was tried by a clock that was ahead.
    pub now: Timestamp,
}

/// Lists tenants that are due, the longest waiting first, without the first `skipped`, at most `limit`.
pub async fn due(
    tx: &mut Tx,
    Due { since, away, now }: Due,
    (skipped, limit): (u32, u32),
) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "LEFT JOIN storage_use u ON u.tenant_id = t.id
         WHERE t.state NOT IN ('provisioning', 'deleting')
           AND (u.attempted_at IS NULL
                OR u.attempted_at <= CASE WHEN t.state IN ('archived', 'deleted') THEN $2
                                          ELSE $1 END
                OR u.attempted_at > $3)
         ORDER BY COALESCE(u.attempted_at, 0), t.id
         LIMIT $4 OFFSET $5"
    );
    let args = vec![time(since), time(away), time(now), integer(limit), integer(skipped)];
    Ok(Listed::read(tx.all(TENANT, sql, args).await?, row::read))
}

/// Lists tenants whose state does not say what was measured, at most `limit`: a start makes one
/// `running` that is over its limit. A level that this version does not know says nothing.
pub async fn out_of_step(
    tx: &mut Tx,
    (skipped, limit): (u32, u32),
) -> Result<Listed<Tenant>, StoreError> {
    let sql = select!(
        "JOIN storage_use u ON u.tenant_id = t.id
         WHERE (t.state = 'running' AND u.level = 'over')
            OR (t.state = 'over_limit' AND u.level IN ('fits', 'warned'))
         ORDER BY t.id
         LIMIT $1 OFFSET $2"
    );
    let args = vec![integer(limit), integer(skipped)];
    Ok(Listed::read(tx.all(TENANT, sql, args).await?, row::read))
}

/// Forgets a tenant that is about to go.
pub(crate) async fn delete(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "DELETE FROM storage_use
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}

pub(crate) fn read(record: &Record) -> Result<StorageUse, StoreError> {
    let at = record.time_or_null("measured_at")?;
    let database = record.unsigned_or_null("database_bytes")?.map(Bytes);
    let files = record.unsigned_or_null("files_bytes")?.map(Bytes);
    let measured = match (at, database, files) {
        (Some(at), Some(database), Some(files)) => Some((Measured { database, files }, at)),
        (None, None, None) => None,
        _ => return Err(record.inconsistent("the figures and their time do not go together")),
    };
    Ok(StorageUse {
        tenant: record.parse("tenant_id")?,
        measured,
        attempted_at: record.time("attempted_at")?,
        problem: record.text_or_null("problem")?,
        level: record.parse("level")?,
    })
}
