//! `POST /api/v1/organisations/{org}/operations/{id}/release`

use axum::Json;
use berth_api::v1 as api;

use super::OperationPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lets a demo go on.
pub(crate) async fn release(
    context: Context,
    At((org, id)): At<OperationPath>,
) -> Result<Json<api::Operation>, ApiError> {
    let operation = context.engine.release_demo(&context.actor, &org, &id).await?;
    Ok(Json(present::operation(operation)))
}
