//! `PATCH /api/v1/organisations/{org}/webhooks/{name}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::SetWebhook;

use super::WebhookPath;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Changes a webhook, or switches it off or on.
pub(crate) async fn set(
    context: Context,
    At((org, name)): At<WebhookPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::WebhookSet>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::WebhookSet { url, events, enabled } = body;
    let request = SetWebhook { url, events, enabled };
    if dry_run {
        return Ok(planned(engine.plan_set_webhook(&actor, (&org, &name), &request).await?));
    }
    let webhook = engine.set_webhook(&actor, (&org, &name), &request).await?;
    Ok(Json(present::webhook(webhook)).into_response())
}
