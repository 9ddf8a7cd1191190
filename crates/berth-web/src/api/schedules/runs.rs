//! `GET /api/v1/organisations/{org}/schedules/{name}/runs`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::HistoryRequest;
use schemars::JsonSchema;
use serde::Deserialize;

use super::SchedulePath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::page;
use crate::present;

/// Which runs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// Only those that came out so: `started`, `skipped` or `missed`.
    outcome: Option<String>,
    /// Due before this time, which is what `next` of the page before is.
    before: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists what came of a schedule, newest first.
pub(crate) async fn runs(
    context: Context,
    At((org, name)): At<SchedulePath>,
    Asked(Filter { outcome, before, limit }): Asked<Filter>,
) -> Result<Json<api::List<api::ScheduleRun>>, ApiError> {
    let request = HistoryRequest { only: outcome, before, limit };
    let runs = context.engine.schedule_runs(&context.actor, &org, &name, &request).await?;
    Ok(Json(page(runs, present::schedule_run)))
}
