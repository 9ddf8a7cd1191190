//! `POST /api/v1/organisations/{org}/operations/{id}/cancel`

use axum::Json;
use berth_api::v1 as api;

use super::OperationPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Stops an operation and takes back what it did so far.
pub(crate) async fn cancel(
    context: Context,
    At((org, id)): At<OperationPath>,
) -> Result<Json<api::Operation>, ApiError> {
    let operation = context.engine.cancel_operation(&context.actor, &org, &id).await?;
    Ok(Json(present::operation(operation)))
}
