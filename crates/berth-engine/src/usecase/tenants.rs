//! Looking at tenants.

use std::collections::HashMap;

use berth_domain::{Actor, Problems, Stage, Tenant, TenantName, Timestamp};
use berth_runtime::WorkloadName;
use berth_store::Page;
use berth_store::storage::{self, StorageUse};
use berth_store::tenants::{self as stored, Filter, StateName};

use super::{find_tenant, organisation};
use crate::Engine;
use crate::admission::notes;
use crate::error::EngineError;
use crate::request::TenantFilter;
use crate::view::{StorageMetric, StorageView, TenantView};
use crate::{health, reconciler};

/// How many tenants a list has when nobody says.
const PAGE: u32 = 100;
/// How many it has at most.
const LONGEST_PAGE: u32 = 1000;

impl Engine {
    /// Lists tenants by name.
    pub async fn tenants(
        &self,
        actor: &Actor,
        org: &str,
        filter: &TenantFilter,
    ) -> Result<Vec<TenantView>, EngineError> {
        let (filter, page) = read(filter, self.0.clock.now())?;
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let listed = stored::list(&mut tx, organisation.id, &filter, &page).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a tenant cannot be read");
        }
        let mut used = HashMap::new();
        if let (Some(first), Some(last)) = (listed.rows.first(), listed.rows.last()) {
            let range = (&first.name, &last.name);
            let found = storage::between(&mut tx, organisation.id, range).await?.rows;
            used.extend(found.into_iter().map(|one| (one.tenant, one)));
        }
        let name = &organisation.name;
        let view = |tenant: Tenant| {
            let storage = used.remove(&tenant.id);
            self.view(tenant, name, storage)
        };
        Ok(listed.rows.into_iter().map(view).collect())
    }

    /// Looks at one tenant: what is wanted of it, and what was observed just now.
    pub async fn tenant(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<TenantView, EngineError> {
        let (organisation, tenant) = find_tenant(&self.0, actor, org, name).await?;
        let workload = WorkloadName::tenant(&tenant.id.object_name());
        let observed = self.0.runtime.workloads.observe(&workload).await;
        let container = match observed {
            Ok(Some(observed)) => reconciler::describe(&observed),
            Ok(None) => "missing".to_owned(),
            Err(error) => format!("unknown: {error}"),
        };
        let probes =
            if tenant.state.is_up() { health::probe(&self.0, &tenant).await } else { Vec::new() };
        let mut tx = self.0.store.read().await?;
        let storage = storage::find(&mut tx, organisation.id, tenant.id).await?;
        let view = self.view(tenant, &organisation.name, storage);
        Ok(TenantView { container: Some(container), probes, ..view })
    }

    /// What every tenant of the installation fills, as far as it was measured.
    pub async fn storage_metrics(&self) -> Result<Vec<StorageMetric>, EngineError> {
        let mut tx = self.0.store.read().await?;
        let rows = storage::measurements(&mut tx).await?.rows;
        let metric = |row: storage::Measurement| StorageMetric {
            organisation: row.organisation,
            tenant: row.tenant,
            measured: row.measured,
            limit: row.limit,
        };
        Ok(rows.into_iter().map(metric).collect())
    }

    fn view(&self, tenant: Tenant, organisation: &str, storage: Option<StorageUse>) -> TenantView {
        TenantView {
            storage: storage.map(|found| StorageView {
                age: found
                    .measured
                    .and_then(|(_, at)| self.0.clock.now().duration_since(at).try_into().ok()),
                found,
            }),
            url: self.0.settings.url(&tenant.host),
            organisation: organisation.to_owned(),
            container: None,
            probes: Vec::new(),
            operation: tenant.state.operation(),
            tenant,
        }
    }
}

type Asked = (Filter, Page<TenantName>);

fn read(filter: &TenantFilter, now: Timestamp) -> Result<Asked, EngineError> {
    let TenantFilter { state, stage, text, tag, owner, expiring, after, limit } = filter;
    let mut problems = Problems::default();
    let in_state = state
        .as_ref()
        .and_then(|text| problems.one_of("state", text, &StateName::ALL, StateName::as_str));
    let stage =
        stage.as_ref().and_then(|text| problems.one_of("stage", text, &Stage::ALL, Stage::as_str));
    let tag = tag.as_ref().and_then(|text| problems.check("tag", text.parse()));
    let owner = owner.as_ref().and_then(|text| problems.check("owner", text.parse()));
    let expiring = expiring.as_ref();
    let expiring = expiring.and_then(|text| problems.check("expiring", notes::moment(text, now)));
    let after = after.as_ref().and_then(|text| problems.check("after", text.parse()));
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        problems.add("limit", format!("a page has 1 to {LONGEST_PAGE} tenants"));
    }
    if problems.is_empty() {
        let filter = Filter { state: in_state, stage, text: text.clone(), tag, owner, expiring };
        Ok((filter, Page { after, limit }))
    } else {
        Err(EngineError::Invalid(problems))
    }
}
