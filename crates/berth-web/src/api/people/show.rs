//! `GET /api/v1/people/{person}`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows somebody.
pub(crate) async fn show(
    context: Context,
    At(who): At<String>,
) -> Result<Json<api::Person>, ApiError> {
    Ok(Json(present::person(context.engine.person(&context.actor, &who).await?)))
}
