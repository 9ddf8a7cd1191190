//! `POST /api/v1/organisations/{org}/webhooks/{name}/test`

use axum::Json;
use berth_api::v1 as api;

use super::WebhookPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Sends a message to try out the way, and says whether it arrived.
pub(crate) async fn test(
    context: Context,
    At((org, name)): At<WebhookPath>,
) -> Result<Json<api::Delivery>, ApiError> {
    let sent = context.engine.test_webhook(&context.actor, &org, &name).await?;
    Ok(Json(present::delivery(sent)))
}
