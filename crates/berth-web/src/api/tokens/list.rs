//! `GET /api/v1/organisations/{org}/tokens` and `GET /api/v1/tokens`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists an organisation's tokens, by account.
pub(crate) async fn of_organisation(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    list(&context, Some(&org)).await
}

/// Lists the tokens of the installation, by account.
pub(crate) async fn of_installation(
    context: Context,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    list(&context, None).await
}

async fn list(
    context: &Context,
    org: Option<&str>,
) -> Result<Json<api::List<api::Token>>, ApiError> {
    let tokens = context.engine.tokens(&context.actor, org).await?;
    let items = tokens.into_iter().map(present::token).collect();
    Ok(Json(api::List { items, next: None }))
}
