//! `POST /api/v1/organisations/{org}/webhooks/{name}/deliveries/{id}/redeliver`

use axum::Json;
use axum::response::{IntoResponse as _, Response};

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Sends a message again, with the same id.
pub(crate) async fn redeliver(
    context: Context,
    At((org, name, id)): At<(String, String, String)>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_message(&actor, (&org, &name), &id).await?));
    }
    let message = engine.send_again(&actor, (&org, &name), &id).await?;
    Ok(Json(present::delivery(message)).into_response())
}
