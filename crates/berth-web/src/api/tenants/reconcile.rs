//! `POST /api/v1/organisations/{org}/tenants/{name}/reconcile`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::view::ReconciliationView;

use super::TenantPath;
use super::change::DryRun;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Has a tenant looked after now.
pub(crate) async fn reconcile(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Json<api::Reconciliation>, ApiError> {
    let Context { engine, actor, .. } = &context;
    let view = if dry_run {
        let now = engine.tenant_plan(actor, &org, &name).await?;
        ReconciliationView { done: Vec::new(), is_at_work: false, now }
    } else {
        engine.reconcile_tenant(actor, &org, &name).await?
    };
    Ok(Json(present::reconciliation(view)))
}
