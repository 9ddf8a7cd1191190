//! `GET /api/v1/doctor`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// Checks everything that Berth needs.
pub(crate) async fn doctor(context: Context) -> Result<Json<api::List<api::Check>>, ApiError> {
    let checks = context.engine.doctor(&context.actor).await?;
    Ok(Json(api::List { items: checks.into_iter().map(present::check).collect(), next: None }))
}
