//! `DELETE /api/v1/organisations/{org}/invitations/{id}` and `DELETE /api/v1/invitations/{id}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Takes back an invitation to an organisation.
pub(crate) async fn to_organisation(
    context: Context,
    At((org, id)): At<(String, String)>,
) -> Result<Response, ApiError> {
    context.engine.revoke_invitation(&context.actor, Some(&org), &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Takes back an invitation to the installation.
pub(crate) async fn to_installation(
    context: Context,
    At(id): At<String>,
) -> Result<Response, ApiError> {
    context.engine.revoke_invitation(&context.actor, None, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
