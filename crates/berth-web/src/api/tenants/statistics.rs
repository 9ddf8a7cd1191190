//! `GET /api/v1/organisations/{org}/tenants/{name}/statistics`

use axum::Json;
use berth_api::v1 as api;
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// How far back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RangeQuery {
    /// `1h`, `24h` or `7d`. Default: `24h`.
    pub(crate) range: Option<String>,
}

/// Shows what a tenant used, as it was sampled.
pub(crate) async fn statistics(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(query): Asked<RangeQuery>,
) -> Result<Json<api::TenantStatistics>, ApiError> {
    let range = query.range.as_deref();
    let view = context.engine.tenant_statistics(&context.actor, &org, &name, range).await?;
    Ok(Json(present::tenant_statistics(view)))
}
