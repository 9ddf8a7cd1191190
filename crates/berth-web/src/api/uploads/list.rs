//! `GET /api/v1/organisations/{org}/uploads`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::{Paged, page};
use crate::present;

/// Lists backups that were sent in, oldest first.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Upload>>, ApiError> {
    let uploads = context.engine.uploads(&context.actor, &org, &paged.into()).await?;
    Ok(Json(page(uploads, present::upload)))
}
