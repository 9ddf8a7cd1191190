//! `GET /api/v1/organisations/{org}/tokens` and `GET /api/v1/tokens`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::{Paged, page};
use crate::present;

/// Lists an organisation's tokens, by account.
pub(crate) async fn of_organisation(
    context: Context,
    At(org): At<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    list(&context, Some(&org), paged).await
}

/// Lists the tokens of the installation, by account.
pub(crate) async fn of_installation(
    context: Context,
    Asked(paged): Asked<Paged>,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    list(&context, None, paged).await
}

async fn list(
    context: &Context,
    org: Option<&str>,
    paged: Paged,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    let tokens = context.engine.tokens(&context.actor, org, &paged.into()).await?;
    Ok(Json(page(tokens, present::token)))
}
