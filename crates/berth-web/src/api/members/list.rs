//! `GET /api/v1/organisations/{org}/members`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists who belongs to an organisation, by address.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Member>>, ApiError> {
    let members = context.engine.members(&context.actor, &org).await?;
    let items = members.into_iter().map(present::member).collect();
    Ok(Json(api::List { items, next: None }))
}
