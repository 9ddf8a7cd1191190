//! Bringing back what should run, when Berth starts.
//!
//! # Invariants
//!
//! * Tenants that are running already are not touched; their routes are open at once.
//! * Production comes first, two tenants per core at a time.
//! * Tenants with an operation are left to it.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Stage, Tenant, TenantState};
use berth_edge::RouteState;
use berth_runtime::{ObservedState, WorkloadName};
use berth_store::tenants;
use futures_util::{StreamExt, stream};

use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::{container, route};

/// How long one tenant may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// Opens the routes of what runs, starts what should run and does not.
pub(crate) async fn bring_back(engine: &Arc<Inner>) {
    let mut all = match read(engine).await {
        Ok(all) => all,
        Err(error) => {
            tracing::error!(error = %error.why, "cannot read the tenants that should run");
            return;
        }
    };
    let ids: Vec<_> = all.iter().map(|tenant| tenant.id).collect();
    engine.routes.keep_only(&ids);
    all.sort_by_key(|tenant| (tenant.stage != Stage::Production, tenant.id));

    let at_once = std::thread::available_parallelism().map_or(2, usize::from) * 2;
    stream::iter(all)
        .for_each_concurrent(at_once, |tenant| async move {
            let engine = Arc::clone(engine);
            let settled = tokio::time::timeout(PATIENCE, settle(&engine, &tenant)).await;
            let why = match settled {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.why,
                Err(_) => format!("it did not answer within {} s", PATIENCE.as_secs()),
            };
            engine.routes.set(&tenant, RouteState::Failed, None);
            tracing::error!(tenant.name = %tenant.name, error = %why, "cannot bring a tenant back");
        })
        .await;
    if let Err(error) = engine.routes.save().await {
        tracing::error!(%error, "cannot save the route table");
    }
}

async fn read(engine: &Inner) -> Result<Vec<Tenant>, StepError> {
    let mut tx = engine.store.read().await?;
    let listed = tenants::all(&mut tx).await?;
    for error in &listed.unreadable {
        tracing::error!(%error, "a tenant cannot be read");
    }
    Ok(listed.rows)
}

async fn settle(engine: &Arc<Inner>, tenant: &Tenant) -> Result<(), StepError> {
    // Others were brought back meanwhile, and an operation may have begun on this one.
    let mut tx = engine.store.read().await?;
    let now = tenants::get(&mut tx, tenant.organisation, tenant.id).await?;
    drop(tx);
    let Some(tenant) = &now else { return Ok(()) };
    match tenant.state {
        TenantState::Running | TenantState::OverLimit { .. } | TenantState::Drifted { .. } => {}
        TenantState::Archived { .. } | TenantState::Deleted { .. } => return Ok(()),
        TenantState::Stopped { .. } => {
            engine.routes.set(tenant, RouteState::Stopped, None);
            return Ok(());
        }
        TenantState::Suspended { .. } => {
            engine.routes.set(tenant, route::closed(engine, tenant), None);
            return Ok(());
        }
        TenantState::Broken { .. } => {
            engine.routes.set(tenant, RouteState::Failed, None);
            return Ok(());
        }
        TenantState::Provisioning { .. }
        | TenantState::Changing { .. }
        | TenantState::Deleting { .. } => return Ok(()),
    }
    let name = WorkloadName::tenant(&tenant.id.object_name());
    let observed = engine.runtime.workloads.observe(&name).await?;
    if observed.is_some_and(|observed| observed.state == ObservedState::Running) {
        let upstream = route::upstream(engine, tenant).await?;
        engine.routes.set(tenant, RouteState::Open, Some(upstream));
        return Ok(());
    }
    engine.routes.set(tenant, RouteState::Starting, None);
    container::bring_back(engine, tenant).await?;
    let upstream = route::upstream(engine, tenant).await?;
    engine.routes.set(tenant, RouteState::Checking, Some(upstream));
    route::answers(engine, tenant).await?;
    engine.routes.set(tenant, RouteState::Open, Some(upstream));
    Ok(())
}
