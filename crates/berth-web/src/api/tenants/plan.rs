//! `GET /api/v1/organisations/{org}/tenants/{name}/plan`

use axum::Json;
use berth_api::v1 as api;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows what is there of a tenant and what the reconciler would do about it.
pub(crate) async fn plan(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Json<api::TenantPlan>, ApiError> {
    let plan = context.engine.tenant_plan(&context.actor, &org, &name).await?;
    Ok(Json(present::tenant_plan(plan)))
}
