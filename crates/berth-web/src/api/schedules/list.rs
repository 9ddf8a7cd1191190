//! `GET /api/v1/organisations/{org}/schedules`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists schedules by name.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Schedule>>, ApiError> {
    let schedules = context.engine.schedules(&context.actor, &org).await?;
    let items = schedules.into_iter().map(present::schedule).collect();
    Ok(Json(api::List { items, next: None }))
}
