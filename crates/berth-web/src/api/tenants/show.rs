//! `GET /api/v1/organisations/{org}/tenants/{name}`

use axum::Json;
use berth_api::v1 as api;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows a tenant and what is observed of it now.
pub(crate) async fn show(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Json<api::Tenant>, ApiError> {
    let tenant = context.engine.tenant(&context.actor, &org, &name).await?;
    Ok(Json(present::tenant(tenant)))
}
