//! Which names and hosts are in use, those of a rename at work included.
//!
//! # Invariants
//!
//! * Whoever is about to give a name away calls [`lock`] first, in the same transaction: a name that
//!   was free then stays free until that transaction ends.
//! * A tenant that is being renamed keeps the names it had and those it gets until the operation is
//!   at rest, so that it can be finished and taken back.

use berth_domain::{HostName, OrganisationId, TenantId, TenantName};

use crate::arg::{text, text_or_null};
use crate::record::Source;
use crate::{StoreError, Tx};

/// Who has a name or host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    pub tenant: TenantId,
    pub organisation: OrganisationId,
}

const SOURCE: Source = Source { table: "tenant", key: "id" };

/// Keeps others from giving names away until this transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "UPDATE counter
               SET value = value + 1
               WHERE name = 'name'";
    tx.execute(sql, vec![]).await.map(drop)
}

/// Finds who has a name. `except` is not looked at.
pub async fn holder_of_name(
    tx: &mut Tx,
    name: &TenantName,
    except: Option<TenantId>,
) -> Result<Option<Holder>, StoreError> {
    let sql = "SELECT id, organisation_id
               FROM (SELECT id, organisation_id
                     FROM tenant
                     WHERE name = $1
                     UNION ALL
                     SELECT tenant_id AS id, organisation_id
                     FROM kept_name
                     WHERE name = $1) AS holder
               WHERE $2 IS NULL OR id <> $2";
    holder(tx, sql, name.as_str(), except).await
}

/// Finds who has a host. `except` is not looked at.
pub async fn holder_of_host(
    tx: &mut Tx,
    host: &HostName,
    except: Option<TenantId>,
) -> Result<Option<Holder>, StoreError> {
    let sql = "SELECT id, organisation_id
               FROM (SELECT id, organisation_id
                     FROM tenant
                     WHERE host = $1
                     UNION ALL
                     SELECT tenant_id AS id, organisation_id
                     FROM kept_name
                     WHERE host = $1) AS holder
               WHERE $2 IS NULL OR id <> $2";
    holder(tx, sql, host.as_str(), except).await
}

async fn holder(
    tx: &mut Tx,
    sql: &'static str,
    what: &str,
    except: Option<TenantId>,
) -> Result<Option<Holder>, StoreError> {
    let found = tx.first(SOURCE, sql, vec![text(what), text_or_null(except)]).await?;
    let read = |record: crate::record::Record| {
        Ok(Holder { tenant: record.parse("id")?, organisation: record.parse("organisation_id")? })
    };
    found.map(read).transpose()
}

/// Keeps a name and a host for a tenant, until [`release`].
pub async fn keep(
    tx: &mut Tx,
    tenant: TenantId,
    name: &TenantName,
    host: &HostName,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO kept_name (tenant_id, organisation_id, name, host)
               SELECT id, organisation_id, $2, $3
               FROM tenant
               WHERE id = $1
               ON CONFLICT (tenant_id, name, host) DO NOTHING";
    tx.execute(sql, vec![text(tenant), text(name), text(host)]).await.map(drop)
}

/// Keeps nothing for a tenant any more but the name and host that it has.
pub async fn release(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "DELETE FROM kept_name
               WHERE tenant_id = $1";
    tx.execute(sql, vec![text(tenant)]).await.map(drop)
}
