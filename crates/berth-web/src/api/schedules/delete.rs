//! `DELETE /api/v1/organisations/{org}/schedules/{name}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::SchedulePath;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Removes a schedule and its history.
pub(crate) async fn delete(
    context: Context,
    At((org, name)): At<SchedulePath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_on_schedule(&actor, (&org, &name), "remove").await?));
    }
    engine.delete_schedule(&actor, &org, &name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
