//! `DELETE /api/v1/organisations/{org}/webhooks/{name}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::WebhookPath;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Removes a webhook with what waits to be sent.
pub(crate) async fn delete(
    context: Context,
    At((org, name)): At<WebhookPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_delete_webhook(&actor, &org, &name).await?));
    }
    engine.delete_webhook(&actor, &org, &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
