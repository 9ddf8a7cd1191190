//! `GET /api/v1/organisations/{org}/webhooks`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::{Paged, page};
use crate::present;

/// Lists who is told what happens.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Webhook>>, ApiError> {
    let webhooks = context.engine.webhooks(&context.actor, &org, &paged.into()).await?;
    Ok(Json(page(webhooks, present::webhook)))
}
