//! `GET /api/v1/organisations/{org}/webhooks`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists who is told what happens.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Webhook>>, ApiError> {
    let webhooks = context.engine.webhooks(&context.actor, &org).await?;
    let items = webhooks.into_iter().map(present::webhook).collect();
    Ok(Json(api::List { items, next: None }))
}
