//! `GET /api/v1/orphans`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// Lists what belongs to nobody.
pub(crate) async fn list(context: Context) -> Result<Json<api::Orphans>, ApiError> {
    let orphans = context.engine.orphans(&context.actor).await?;
    Ok(Json(present::orphans(orphans)))
}
