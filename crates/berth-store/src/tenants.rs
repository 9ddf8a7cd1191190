//! Tenants in the control database.
//!
//! # Invariants
//!
//! * Rows are private. What leaves this module already passed every check, so no caller ever looks
//!   at a half-valid tenant.
//! * The state changes by [`set_state`] only, the wishes by [`update`] only, name and host by
//!   [`rename`] only, what people note by [`describe`] only, the storage by [`limit_storage`] only and
//!   the network by [`crate::subnets`] only: none can overwrite another.

use std::collections::BTreeMap;

use berth_domain::{
    Bytes, Details, ImageRef, OrganisationId, Owner, Stage, Tag, Tenant, TenantId, TenantName,
    TenantState, Timestamp,
};

use crate::arg::{text, unsigned, unsigned_or_null};
use crate::record::Source;
use crate::{Change, Listed, Page, StoreError, Tx};

pub(crate) mod row;
mod sorted;
mod state_name;

pub(crate) use row::{modules_from_json, modules_to_json};
pub(crate) use sorted::containing;
pub use sorted::{Order, Place, SortKey, Sorted, sorted};
pub use state_name::{StateName, UnknownStateName};

pub(crate) const SOURCE: Source = Source { table: "tenant", key: "id" };

/// The columns of a tenant. Its network is in another table.
macro_rules! tenant_columns {
    () => {
        "t.id, t.organisation_id, t.name, t.host, t.stage, t.state, t.operation_id, t.change,
         t.since, t.generation, t.cluster_id, t.image_reference, t.image_digest, t.modules,
         t.language, t.country, t.demo, t.company, t.admin_login, t.email, t.time_zone,
         t.cpu_millis, t.memory, t.pids, t.addons, t.blueprint_id, t.storage, t.created_at,
         t.created_by, t.until, t.suspended, t.notes, t.tags, t.owner, t.expires_at,
         s.number AS subnet"
    };
}
pub(crate) use tenant_columns;

/// The beginning of every statement that reads tenants and nothing else.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            $crate::tenants::tenant_columns!(),
            " FROM tenant t
              LEFT JOIN subnet s ON s.tenant_id = t.id ",
            $rest
        )
    };
}
pub(crate) use select;

/// Which tenants. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub state: Option<StateName>,
    pub stage: Option<Stage>,
    /// Part of the name or of the host.
    pub text: Option<String>,
    pub tag: Option<Tag>,
    pub owner: Option<Owner>,
    /// Those that expire until then.
    pub expiring: Option<Timestamp>,
}

/// Adds a tenant, without its network.
///
/// Fails with [`StoreError::Taken`] when another tenant has the name, the host or the object name.
pub async fn insert(tx: &mut Tx, tenant: &Tenant) -> Result<(), StoreError> {
    let sql = "INSERT INTO tenant (
                   id, organisation_id, name, host, object_name, stage,
                   state, operation_id, change, since, until, suspended, generation,
                   cluster_id, image_reference, image_digest, modules,
                   language, country, demo, company, admin_login, email,
                   time_zone, cpu_millis, memory, pids, addons,
                   blueprint_id, storage, created_at, created_by, notes,
                   tags, owner, expires_at
               )
               VALUES (
                   $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                   $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                   $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36
               )";
    tx.execute(sql, row::columns(tenant)).await.map(drop)
}

/// Finds a tenant by name.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &TenantName,
) -> Result<Option<Tenant>, StoreError> {
    let sql = select!("WHERE t.organisation_id = $1 AND t.name = $2");
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(name)]).await?;
    found.as_ref().map(row::read).transpose()
}

/// Finds a tenant by id.
pub async fn get(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: TenantId,
) -> Result<Option<Tenant>, StoreError> {
    let sql = select!("WHERE t.organisation_id = $1 AND t.id = $2");
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(id)]).await?;
    found.as_ref().map(row::read).transpose()
}

/// Lists an organisation's tenants by name.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    filter: &Filter,
    page: &Page<TenantName>,
) -> Result<Listed<Tenant>, StoreError> {
    let after = page.after.as_ref();
    let after = after.map(|name| Place { key: None, name: name.to_string() });
    let page = Page { after, limit: page.limit };
    let sorted = sorted(tx, Some(organisation), filter, (Order::default(), &page)).await?;
    let rows = sorted.rows.into_iter().map(|(tenant, _)| tenant).collect();
    let next = sorted.next.map(|place| place.name);
    Ok(Listed { rows, unreadable: sorted.unreadable, next })
}

/// Lists every tenant of the installation by id, for those who keep all of them going.
pub async fn all(tx: &mut Tx) -> Result<Listed<Tenant>, StoreError> {
    Ok(Listed::read(tx.all(SOURCE, select!("ORDER BY t.id"), vec![]).await?, row::read))
}

/// Counts an organisation's tenants, readable or not.
pub async fn count(tx: &mut Tx, organisation: OrganisationId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS tenants
               FROM tenant
               WHERE organisation_id = $1";
    match tx.first(SOURCE, sql, vec![text(organisation)]).await? {
        Some(record) => record.unsigned("tenants"),
        None => Ok(0),
    }
}

/// Counts an organisation's tenants by state. A state of a newer version is counted nowhere.
pub async fn count_by_state(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<BTreeMap<StateName, u64>, StoreError> {
    let sql = "SELECT state, COUNT(*) AS tenants
               FROM tenant
               WHERE organisation_id = $1
               GROUP BY state";
    let mut counts = BTreeMap::new();
    for record in tx.all(SOURCE, sql, vec![text(organisation)]).await? {
        if let Ok(state) = record.parse("state") {
            counts.insert(state, record.unsigned("tenants")?);
        }
    }
    Ok(counts)
}

/// Lists the images that an organisation's tenants run, each once, in byte order. One that cannot be read is
/// left out.
pub async fn images(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<ImageRef>, StoreError> {
    let sql = "SELECT DISTINCT image_reference AS image
               FROM tenant
               WHERE organisation_id = $1
               ORDER BY image_reference
               LIMIT 100";
    let records =
        tx.all(Source { table: "tenant", key: "image" }, sql, vec![text(organisation)]).await?;
    Ok(records.iter().filter_map(|record| record.parse("image").ok()).collect())
}

/// Counts the tenants of the whole installation, readable or not.
pub async fn count_all(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS tenants
               FROM tenant";
    match tx.first(SOURCE, sql, vec![]).await? {
        Some(record) => record.unsigned("tenants"),
        None => Ok(0),
    }
}

/// When the youngest tenant of the installation was made. `None`: there is none.
pub async fn youngest(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MAX(created_at) AS created_at
               FROM tenant";
    match tx.first(SOURCE, sql, vec![]).await? {
        Some(record) => record.time_or_null("created_at"),
        None => Ok(None),
    }
}

/// Moves a tenant from one state to another, if it is in the first one.
pub async fn set_state(
    tx: &mut Tx,
    id: TenantId,
    from: &TenantState,
    to: &TenantState,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET state = $8, operation_id = $9, change = $10, since = $11, until = $12,
                   suspended = $13
               WHERE id = $1
                 AND state = $2
                 AND operation_id IS NOT DISTINCT FROM $3
                 AND change IS NOT DISTINCT FROM $4
                 AND since IS NOT DISTINCT FROM $5
                 AND until IS NOT DISTINCT FROM $6
                 AND suspended = $7";
    let mut args = vec![text(id)];
    args.extend(row::state_columns(from));
    args.extend(row::state_columns(to));
    tx.change(sql, args).await
}

/// Writes what a tenant should be, if its generation is still the one before `tenant.generation`.
///
/// That is: stage, image, Odoo settings, limits, addons and blueprint. Identity, name, host, storage,
/// details and state stay as they are.
pub async fn update(tx: &mut Tx, tenant: &Tenant) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET stage = $3, image_reference = $4, image_digest = $5, modules = $6,
                   language = $7, country = $8, demo = $9, company = $10, admin_login = $11,
                   email = $12, time_zone = $13, cpu_millis = $14, memory = $15, pids = $16,
                   addons = $17, blueprint_id = $18, generation = $2
               WHERE id = $1
                 AND generation = $2 - 1";
    let mut args = vec![text(tenant.id), unsigned(tenant.generation.0), text(tenant.stage)];
    args.extend(row::wish_columns(tenant));
    tx.change(sql, args).await
}

/// Gives a tenant another name and host, if its generation is still the one before
/// `tenant.generation`.
///
/// Fails with [`StoreError::Taken`] when another tenant has one of them.
pub async fn rename(tx: &mut Tx, tenant: &Tenant) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET name = $3, host = $4, generation = $2
               WHERE id = $1
                 AND generation = $2 - 1";
    let args = vec![
        text(tenant.id),
        unsigned(tenant.generation.0),
        text(&tenant.name),
        text(&tenant.host),
    ];
    tx.change(sql, args).await
}

/// Says how large a tenant's database and files may be together. Nothing that runs depends on it.
pub async fn limit_storage(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: TenantId,
    storage: Option<Bytes>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET storage = $3
               WHERE organisation_id = $1
                 AND id = $2";
    let storage = unsigned_or_null(storage.map(|bytes| bytes.0));
    tx.change(sql, vec![text(organisation), text(id), storage]).await
}

/// Writes what people note about a tenant.
pub async fn describe(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: TenantId,
    details: &Details,
) -> Result<Change, StoreError> {
    let sql = "UPDATE tenant
               SET notes = $3, tags = $4, owner = $5, expires_at = $6,
                   expiry_warned = CASE WHEN expires_at IS NOT DISTINCT FROM $6 THEN expiry_warned
                                   END
               WHERE organisation_id = $1
                 AND id = $2";
    let mut args = vec![text(organisation), text(id)];
    args.extend(row::details_columns(details));
    tx.change(sql, args).await
}

/// Removes a tenant and what hangs on it here: its network, its secrets, what was observed of it.
///
/// Its operations, journals and events stay; they are the history.
pub async fn delete(tx: &mut Tx, id: TenantId) -> Result<Change, StoreError> {
    crate::subnets::release(tx, id).await?;
    crate::names::release(tx, id).await?;
    crate::secrets::delete_all(tx, &id.to_string()).await?;
    crate::observations::delete(tx, id).await?;
    crate::storage::delete(tx, id).await?;
    let sql = "DELETE FROM tenant
               WHERE id = $1";
    let change = tx.change(sql, vec![text(id)]).await?;
    crate::statistics::delete(tx, id).await?;
    Ok(change)
}
