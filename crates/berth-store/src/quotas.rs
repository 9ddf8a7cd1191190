//! What tenants may have together, and what they have.
//!
//! # Invariants
//!
//! * Whoever is about to hand something out calls [`lock`] first, in the same transaction, so that
//!   two who ask at once cannot both get the last of it.
//! * What was put away (archived, or deleted for a while) uses neither processor nor memory and is
//!   not counted; the storage that it may fill is, because its data is there.

use berth_domain::{Bytes, Limits, OrganisationId, Owner, TenantId};

use crate::arg::{text, text_or_null, unsigned_or_null};
use crate::record::{Record, Source};
use crate::{Change, Listed, StoreError, Tx};

/// The most that a group of tenants may have. `None`: no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    pub tenants: Option<u32>,
    pub cpu_millis: Option<u64>,
    pub memory: Option<Bytes>,
    pub storage: Option<Bytes>,
}

/// What a group of tenants has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    pub tenants: u32,
    pub cpu_millis: u64,
    pub memory: Bytes,
    /// What they may fill. Tenants without a storage limit add nothing.
    pub storage: Bytes,
    /// What they fill, as far as it was measured.
    pub stored: Bytes,
}

/// So many tenants with the same limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub limits: Limits,
    /// Whether each of them has a cluster of its own.
    pub own_cluster: bool,
    pub tenants: u32,
}

const QUOTA: Source = Source { table: "quota", key: "owner" };
const TENANT: Source = Source { table: "tenant", key: "organisation_id" };
/// Stands for all tenants of an organisation.
const EVERYBODY: &str = "";

/// Keeps others from handing anything out until this transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "UPDATE counter
               SET value = value + 1
               WHERE name = 'quota'";
    tx.execute(sql, vec![]).await.map(drop)
}

/// Finds the quota of an owner, or with `None` that of the whole organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: Option<&Owner>,
) -> Result<Option<Quota>, StoreError> {
    let sql = "SELECT owner, tenants, cpu_millis, memory, storage
               FROM quota
               WHERE organisation_id = $1
                 AND owner = $2";
    let found = tx.first(QUOTA, sql, vec![text(organisation), text(key(owner))]).await?;
    found.as_ref().map(read).transpose()
}

/// Lists an organisation's quotas by owner; `None` is that of the whole organisation.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Listed<(Option<Owner>, Quota)>, StoreError> {
    let sql = "SELECT owner, tenants, cpu_millis, memory, storage
               FROM quota
               WHERE organisation_id = $1
               ORDER BY owner";
    let read = |record: &Record| {
        let owner = match record.text("owner")?.as_str() {
            EVERYBODY => None,
            _ => Some(record.parse("owner")?),
        };
        Ok((owner, read(record)?))
    };
    Ok(Listed::read(tx.all(QUOTA, sql, vec![text(organisation)]).await?, read))
}

/// Sets a quota, in place of the one that was there.
pub async fn put(
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: Option<&Owner>,
    quota: &Quota,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO quota (organisation_id, owner, tenants, cpu_millis, memory, storage)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (organisation_id, owner)
               DO UPDATE SET tenants = excluded.tenants, cpu_millis = excluded.cpu_millis,
                             memory = excluded.memory, storage = excluded.storage";
    let args = vec![
        text(organisation),
        text(key(owner)),
        unsigned_or_null(quota.tenants.map(u64::from)),
        unsigned_or_null(quota.cpu_millis),
        unsigned_or_null(quota.memory.map(|bytes| bytes.0)),
        unsigned_or_null(quota.storage.map(|bytes| bytes.0)),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Forgets a quota.
pub async fn clear(
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: Option<&Owner>,
) -> Result<Change, StoreError> {
    let sql = "DELETE FROM quota
               WHERE organisation_id = $1
                 AND owner = $2";
    tx.change(sql, vec![text(organisation), text(key(owner))]).await
}

macro_rules! usage {
    ($whose:literal) => {
        concat!(
            "SELECT $1 AS organisation_id,
                    COUNT(CASE WHEN state IN ('archived', 'deleted') THEN NULL ELSE 1 END) AS tenants,
                    CAST(COALESCE(SUM(CASE WHEN state IN ('archived', 'deleted') THEN 0
                                           ELSE cpu_millis END), 0) AS BIGINT) AS cpu_millis,
                    CAST(COALESCE(SUM(CASE WHEN state IN ('archived', 'deleted') THEN 0
                                           ELSE memory END), 0) AS BIGINT) AS memory,
                    CAST(COALESCE(SUM(COALESCE(storage, 0)), 0) AS BIGINT) AS storage,
                    CAST(COALESCE(SUM(COALESCE(u.database_bytes, 0) + COALESCE(u.files_bytes, 0)),
                                  0) AS BIGINT) AS stored
             FROM tenant
             LEFT JOIN storage_use u ON u.tenant_id = tenant.id
             WHERE tenant.organisation_id = $1
               AND ($2 IS NULL OR id <> $2)",
            $whose
        )
    };
}

const OF_EVERYBODY: &str = usage!("");
/// A statement of its own, so that only the tenants of the owner are read.
const OF_OWNER: &str = usage!(" AND owner = $3");

/// Sums up what the tenants of an owner have, or with `None` all of the organisation. `except` is
/// left out.
pub async fn usage(
    tx: &mut Tx,
    organisation: OrganisationId,
    owner: Option<&Owner>,
    except: Option<TenantId>,
) -> Result<Usage, StoreError> {
    let mut args = vec![text(organisation), text_or_null(except)];
    let sql = match owner {
        Some(owner) => {
            args.push(text(owner.as_str()));
            OF_OWNER
        }
        None => OF_EVERYBODY,
    };
    let Some(record) = tx.first(TENANT, sql, args).await? else { return Ok(Usage::default()) };
    Ok(Usage {
        tenants: record.unsigned("tenants")?,
        cpu_millis: record.unsigned("cpu_millis")?,
        memory: Bytes(record.unsigned("memory")?),
        storage: Bytes(record.unsigned("storage")?),
        stored: Bytes(record.unsigned("stored")?),
    })
}

/// Lists the owners of an organisation that have tenants, by name.
pub async fn owners(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Listed<Owner>, StoreError> {
    let sql = "SELECT DISTINCT owner, organisation_id
               FROM tenant
               WHERE organisation_id = $1
                 AND owner IS NOT NULL
               ORDER BY owner";
    let records = tx.all(TENANT, sql, vec![text(organisation)]).await?;
    Ok(Listed::read(records, |record| record.parse("owner")))
}

/// Groups what the tenants of the whole installation may use by their limits: what the host has to
/// have room for. `except` is left out.
pub async fn promised(tx: &mut Tx, except: Option<TenantId>) -> Result<Vec<Group>, StoreError> {
    // A cluster of a tenant's own has the tenant's number.
    let sql = "SELECT cpu_millis, memory, pids, own_cluster, COUNT(*) AS tenants
               FROM (SELECT cpu_millis, memory, pids,
                            CAST(CASE WHEN substr(cluster_id, 5) = substr(id, 5) THEN 1 ELSE 0 END
                                 AS BIGINT) AS own_cluster
                     FROM tenant
                     WHERE state NOT IN ('archived', 'deleted')
                       AND ($1 IS NULL OR id <> $1)) AS up
               GROUP BY cpu_millis, memory, pids, own_cluster
               ORDER BY cpu_millis, memory, pids, own_cluster";
    let records = tx.all(TENANT, sql, vec![text_or_null(except)]).await?;
    let group = |record: &Record| {
        Ok(Group {
            limits: Limits {
                cpu_millis: record.unsigned("cpu_millis")?,
                memory: Bytes(record.unsigned("memory")?),
                pids: record.unsigned("pids")?,
            },
            own_cluster: record.integer("own_cluster")? == 1,
            tenants: record.unsigned("tenants")?,
        })
    };
    records.iter().map(group).collect()
}

fn key(owner: Option<&Owner>) -> &str {
    owner.map_or(EVERYBODY, Owner::as_str)
}

fn read(record: &Record) -> Result<Quota, StoreError> {
    Ok(Quota {
        tenants: record.unsigned_or_null("tenants")?,
        cpu_millis: record.unsigned_or_null("cpu_millis")?,
        memory: record.unsigned_or_null("memory")?.map(Bytes),
        storage: record.unsigned_or_null("storage")?.map(Bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;

    #[tokio::test]
    async fn of_an_owner_only_the_tenants_are_read_that_they_own() {
        let args = vec![text("org_1"), text_or_null(None::<TenantId>), text("anna")];

        let plan = plan(OF_OWNER, args).await;

        assert!(plan[0].contains("tenant_by_owner (organisation_id=? AND owner=?)"), "{plan:?}");
    }
}
