//! `GET /api/v1/organisations/{org}/schedules/{name}`

use axum::Json;
use berth_api::v1 as api;

use super::SchedulePath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Shows a schedule, when it comes next and what came of it last.
pub(crate) async fn show(
    context: Context,
    At((org, name)): At<SchedulePath>,
) -> Result<Json<api::Schedule>, ApiError> {
    let schedule = context.engine.schedule(&context.actor, &org, &name).await?;
    Ok(Json(present::schedule(schedule)))
}
