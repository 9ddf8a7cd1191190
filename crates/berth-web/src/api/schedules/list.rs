//! `GET /api/v1/organisations/{org}/schedules`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::{Paged, page};
use crate::present;

/// Lists schedules by name.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Schedule>>, ApiError> {
    let schedules = context.engine.schedules(&context.actor, &org, &paged.into()).await?;
    Ok(Json(page(schedules, present::schedule)))
}
