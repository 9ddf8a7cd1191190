//! `GET /api/v1/organisations/{org}/webhooks/{name}/deliveries`

use axum::Json;
use berth_api::v1 as api;

use super::WebhookPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists messages, newest first.
pub(crate) async fn deliveries(
    context: Context,
    At((org, name)): At<WebhookPath>,
) -> Result<Json<api::List<api::Delivery>>, ApiError> {
    let messages = context.engine.messages(&context.actor, &org, &name).await?;
    let items = messages.into_iter().map(present::delivery).collect();
    Ok(Json(api::List { items, next: None }))
}
