//! `GET /api/v1/organisations/{org}/uploads`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists backups that were sent in, oldest first.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Upload>>, ApiError> {
    let uploads = context.engine.uploads(&context.actor, &org).await?;
    let items = uploads.into_iter().map(present::upload).collect();
    Ok(Json(api::List { items, next: None }))
}
