//! `GET /api/v1/organisations/{org}/quotas`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::{Paged, page};
use crate::present;

/// Lists quotas and what is used of them.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Quota>>, ApiError> {
    let quotas = context.engine.quotas(&context.actor, &org, &paged.into()).await?;
    Ok(Json(page(quotas, present::quota)))
}
