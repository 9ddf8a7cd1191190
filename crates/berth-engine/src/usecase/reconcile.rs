//! What the reconciler would do about a tenant, and doing it now.

use std::time::Duration;

use berth_domain::reconcile::{self, Plan};
use berth_domain::{Actor, Tenant};
use berth_store::{observations, operations};
use tokio::time::timeout;

use super::audit::Deed;
use super::find_tenant;
use crate::Engine;
use crate::engine::{Inner, Role};
use crate::error::EngineError;
use crate::reconciler::{self, Subject};
use crate::view::{ReconciliationView, TenantPlanView};

/// After so long whoever asked is told that it is not over yet.
const PATIENCE: Duration = Duration::from_mins(1);

impl Engine {
    /// Says what is there of a tenant and what the reconciler would do about it, and touches nothing.
    pub async fn tenant_plan(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<TenantPlanView, EngineError> {
        let (_, tenant) = find_tenant(&self.0, actor, org, name).await?;
        look(&self.0, tenant).await
    }

    /// Lets the reconciler look after a tenant now, and says what came of it.
    pub async fn reconcile_tenant(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<ReconciliationView, EngineError> {
        let (organisation, tenant) = find_tenant(&self.0, actor, org, name).await?;
        if let Some(operation) = tenant.state.operation() {
            let kind = format!("it is {}", tenant.state.label());
            return Err(EngineError::Busy { tenant: tenant.name.to_string(), kind, operation });
        }
        if self.0.role() == Role::Standby {
            return Err(EngineError::Unavailable(
                "this process stands by: another one looks after the tenants, and does so by itself"
                    .to_owned(),
            ));
        }
        tracing::info!(actor = %actor, tenant.name = %tenant.name, "somebody has a tenant looked after");
        self.record_now(actor, Deed::to("tenant.reconcile", &tenant)).await?;
        let report = self.0.reconciler.nudge(Subject::of(&tenant));
        let (done, is_at_work) = match timeout(PATIENCE, report).await {
            Ok(Ok(report)) => (report.done, false),
            // Whoever looked after it ended in the middle; the next scan comes by again.
            Ok(Err(_)) | Err(_) => (Vec::new(), true),
        };
        // By its id: it may be called something else by now.
        let mut tx = self.0.store.read().await?;
        let now = berth_store::tenants::get(&mut tx, organisation.id, tenant.id).await?;
        drop(tx);
        let now = now.ok_or_else(|| EngineError::NoSuchTenant(tenant.name.to_string()))?;
        Ok(ReconciliationView { done, is_at_work, now: look(&self.0, now).await? })
    }
}

async fn look(engine: &Inner, tenant: Tenant) -> Result<TenantPlanView, EngineError> {
    recall(engine, &tenant).await?;
    let seen = reconciler::one(engine, &tenant).await?;
    let desired = reconciler::desired(engine, &tenant);
    let mut plan: Plan = reconcile::plan(&desired, &seen.observed, engine.clock.now());
    plan.troubles.extend(reconcile::waits_for_a_person(&tenant));
    let operation = match tenant.state.operation() {
        Some(id) => {
            let mut tx = engine.store.read().await?;
            let found = operations::find(&mut tx, tenant.organisation, id).await?;
            found.map(|operation| (id, operation.kind))
        }
        None => None,
    };
    Ok(TenantPlanView { observed: seen.observed.facts(&tenant), operation, plan, tenant })
}

/// A process that stands by knows of earlier looks what the driver wrote.
async fn recall(engine: &Inner, tenant: &Tenant) -> Result<(), EngineError> {
    if engine.role() == Role::Standby {
        let mut tx = engine.store.read().await?;
        let written = observations::find(&mut tx, tenant.organisation, tenant.id).await?;
        engine.reconciler.remember(written);
    }
    Ok(())
}
