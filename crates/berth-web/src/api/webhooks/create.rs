//! `POST /api/v1/organisations/{org}/webhooks`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::CreateWebhook;
use http::{StatusCode, header};

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Makes a webhook. Nobody on the way may keep the answer: the secret is in it.
pub(crate) async fn create(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::WebhookCreate>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::WebhookCreate { url, name, events } = body;
    let request = CreateWebhook { url, name, events };
    if dry_run {
        return Ok(planned(engine.plan_webhook(&actor, &org, &request).await?));
    }
    let new = engine.create_webhook(&actor, &org, &request).await?;
    let body = Json(present::new_webhook(new));
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], body).into_response())
}
