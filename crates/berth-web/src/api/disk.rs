//! `GET /api/v1/disk`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// Shows how full the disks are, and what fills them.
pub(crate) async fn disk(context: Context) -> Result<Json<api::Disk>, ApiError> {
    let disk = context.engine.disk(&context.actor).await?;
    Ok(Json(present::disk(disk)))
}
