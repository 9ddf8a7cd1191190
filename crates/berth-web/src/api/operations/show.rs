//! `GET /api/v1/organisations/{org}/operations/{id}`

use axum::Json;
use berth_api::v1 as api;

use super::OperationPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows an operation and where it stands.
pub(crate) async fn show(
    context: Context,
    At((org, id)): At<OperationPath>,
) -> Result<Json<api::Operation>, ApiError> {
    let operation = context.engine.operation(&context.actor, &org, &id).await?;
    Ok(Json(present::operation(operation)))
}
