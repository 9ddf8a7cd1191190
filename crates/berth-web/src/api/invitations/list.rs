//! `GET /api/v1/organisations/{org}/invitations` and `GET /api/v1/invitations`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists the invitations to an organisation, by address.
pub(crate) async fn to_organisation(
    context: Context,
    At(org): At<String>,
) -> Result<Json<api::List<api::Invitation>>, ApiError> {
    list(&context, Some(&org)).await
}

/// Lists the invitations to the installation, by address.
pub(crate) async fn to_installation(
    context: Context,
) -> Result<Json<api::List<api::Invitation>>, ApiError> {
    list(&context, None).await
}

async fn list(
    context: &Context,
    org: Option<&str>,
) -> Result<Json<api::List<api::Invitation>>, ApiError> {
    let invitations = context.engine.invitations(&context.actor, org).await?;
    let items = invitations.into_iter().map(present::invitation).collect();
    Ok(Json(api::List { items, next: None }))
}
