//! `POST /api/v1/organisations/{org}/operations/{id}/retry`

use axum::Json;
use berth_api::v1 as api;

use super::OperationPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Tries a stuck operation again, in the direction it was going.
pub(crate) async fn retry(
    context: Context,
    At((org, id)): At<OperationPath>,
) -> Result<Json<api::Operation>, ApiError> {
    let operation = context.engine.retry_operation(&context.actor, &org, &id).await?;
    Ok(Json(present::operation(operation)))
}
