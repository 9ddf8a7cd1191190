//! `POST /api/v1/organisations/{org}/schedules`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::CreateSchedule;
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Makes a schedule.
pub(crate) async fn create(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::ScheduleCreate>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::ScheduleCreate { name, action, cron, tenants, tag, zone, catch_up } = body;
    let request = CreateSchedule { name, action, tenants, tag, cron, zone, catch_up };
    if dry_run {
        return Ok(planned(engine.plan_schedule(&actor, &org, &request).await?));
    }
    let schedule = engine.create_schedule(&actor, &org, &request).await?;
    Ok((StatusCode::CREATED, Json(present::schedule(schedule))).into_response())
}
