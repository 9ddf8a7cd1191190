//! `PATCH /api/v1/organisations/{org}/schedules/{name}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::SetSchedule;

use super::SchedulePath;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Changes a schedule, pauses it, or lets it go on.
pub(crate) async fn set(
    context: Context,
    At((org, name)): At<SchedulePath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::ScheduleSet>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::ScheduleSet { action, cron, tenants, tag, zone, catch_up, paused } = body;
    let request = SetSchedule { action, tenants, tag, cron, zone, catch_up, paused };
    if dry_run {
        return Ok(planned(engine.plan_set_schedule(&actor, (&org, &name), &request).await?));
    }
    let schedule = engine.set_schedule(&actor, (&org, &name), &request).await?;
    Ok(Json(present::schedule(schedule)).into_response())
}
