//! `POST /api/v1/organisations/{org}/schedules/{name}/run`

use axum::Json;
use axum::response::{IntoResponse as _, Response};

use super::SchedulePath;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Does now what a schedule does.
pub(crate) async fn run(
    context: Context,
    At((org, name)): At<SchedulePath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_on_schedule(&actor, (&org, &name), "run").await?));
    }
    let run = engine.run_schedule(&actor, &org, &name).await?;
    Ok(Json(present::schedule_run(run)).into_response())
}
