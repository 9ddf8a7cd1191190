//! `GET /api/v1/organisations/{org}`

use axum::response::Response;
use http::StatusCode;

use super::shown;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Shows an organisation.
pub(crate) async fn show(context: Context, At(org): At<String>) -> Result<Response, ApiError> {
    let found = context.engine.organisation(&context.actor, &org).await?;
    Ok(shown(StatusCode::OK, found))
}
