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
    ImageRef, OrganisationId, Owner, Stage, Tag, Tenant, TenantId, TenantName, Timestamp,
};

use crate::arg::text;
use crate::record::Source;
use crate::{Listed, Page, StoreError, Tx};

pub(crate) mod row;
mod sorted;
mod state_name;
mod write;

pub(crate) use row::{modules_from_json, modules_to_json};
pub(crate) use sorted::containing;
pub use sorted::{Order, Place, SortKey, Sorted, sorted};
pub use state_name::{StateName, UnknownStateName};
pub use write::{delete, describe, insert, limit_storage, rename, set_state, update};

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
