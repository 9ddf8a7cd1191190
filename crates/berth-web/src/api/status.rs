//! `GET /api/v1/status`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// Shows the installation in one look.
pub(crate) async fn status(context: Context) -> Result<Json<api::Status>, ApiError> {
    let status = context.engine.status(&context.actor).await?;
    Ok(Json(present::status(status)))
}
