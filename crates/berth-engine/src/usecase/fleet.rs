//! All tenants of an organisation, in one look.

use std::collections::BTreeMap;

use berth_domain::{Actor, OperationId, TenantState};
use berth_store::{operations as stored, storage, tenants};

use super::operations::view;
use super::organisation;
use crate::Engine;
use crate::error::EngineError;
use crate::request::TenantFilter;
use crate::view::{FleetView, Overview, TenantView};

impl Engine {
    /// Lists tenants as [`Engine::tenants`] does, with what is done to each and what came of that.
    pub async fn fleet(
        &self,
        actor: &Actor,
        org: &str,
        filter: &TenantFilter,
    ) -> Result<FleetView, EngineError> {
        let page = self.tenants(actor, org, filter).await?;
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let mut operations = BTreeMap::new();
        for id in page.tenants.iter().filter_map(|view| about(&view.tenant.state)) {
            if let Some(found) = stored::find(&mut tx, organisation.id, id).await? {
                let journal = stored::journal(&mut tx, id).await?;
                operations.insert(id, view(&found, &journal));
            }
        }
        Ok(FleetView { page, operations })
    }

    /// Looks at one tenant as it was last seen: nobody is asked how it is now.
    pub async fn glance(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<TenantView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let tenant = super::tenant(&mut tx, &organisation, name).await?;
        let storage = storage::find(&mut tx, organisation.id, tenant.id).await?;
        Ok(self.view(tenant, organisation.name.as_str(), storage))
    }

    /// Counts what an organisation has, and what is at work there.
    pub async fn overview(&self, actor: &Actor, org: &str) -> Result<Overview, EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let tenants = tenants::count_by_state(&mut tx, organisation.id).await?;
        let (at_work, waiting) = stored::count_active(&mut tx, organisation.id).await?;
        let name = organisation.name.to_string();
        let title = organisation.title.map_or_else(|| name.clone(), |title| title.to_string());
        Ok(Overview { organisation: name, title, tenants, at_work, waiting })
    }
}

/// The operation that says why a tenant is as it is.
pub(super) fn about(state: &TenantState) -> Option<OperationId> {
    match state {
        TenantState::Broken { failed, .. } => Some(*failed),
        other => other.operation(),
    }
}
