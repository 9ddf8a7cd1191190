//! `GET /api/v1/tenants`

use axum::Json;
use berth_api::v1 as api;

use crate::api::tenants::list::Filter;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::Asked;
use crate::present;

/// Lists tenants of all organisations, by name unless another order is asked for.
pub(crate) async fn list(
    context: Context,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::Tenant>>, ApiError> {
    let page = context.engine.all_tenants(&context.actor, &filter.into()).await?;
    Ok(Json(present::tenants(page)))
}
