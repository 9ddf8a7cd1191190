//! `POST /api/v1/organisations/{org}/operations/{id}/undo`

use axum::Json;
use berth_api::v1 as api;

use super::OperationPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Takes back what a stuck operation did.
pub(crate) async fn undo(
    context: Context,
    At((org, id)): At<OperationPath>,
) -> Result<Json<api::Operation>, ApiError> {
    let operation = context.engine.undo_operation(&context.actor, &org, &id).await?;
    Ok(Json(present::operation(operation)))
}
