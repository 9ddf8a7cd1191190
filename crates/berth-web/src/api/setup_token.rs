//! `POST /api/v1/setup-token`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::header;
use secrecy::ExposeSecret as _;

use crate::context::Context;
use crate::error::ApiError;

/// Shows the token with which the console is claimed, `null` once it is.
pub(crate) async fn setup_token(context: Context) -> Result<Response, ApiError> {
    let token = context.engine.setup_token(&context.actor).await?;
    let token = token.map(|token| token.expose_secret().to_owned());
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(api::SetupToken { token })).into_response())
}
