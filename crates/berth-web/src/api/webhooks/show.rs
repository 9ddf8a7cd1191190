//! `GET /api/v1/organisations/{org}/webhooks/{name}`

use axum::Json;
use berth_api::v1 as api;

use super::WebhookPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows a webhook.
pub(crate) async fn show(
    context: Context,
    At((org, name)): At<WebhookPath>,
) -> Result<Json<api::Webhook>, ApiError> {
    let webhook = context.engine.webhook(&context.actor, &org, &name).await?;
    Ok(Json(present::webhook(webhook)))
}
