//! `GET /api/v1/session` and `DELETE /api/v1/session`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::{StatusCode, header};

use crate::access;
use crate::context::Visit;
use crate::error::ApiError;
use crate::present;

/// Shows whoever asks who they are.
pub(crate) async fn show(visit: Visit) -> Result<Json<api::Person>, ApiError> {
    let person = visit.engine.who_am_i(visit.me()?).await?;
    Ok(Json(present::person(person)))
}

/// Ends the session of whoever asks.
pub(crate) async fn sign_out(visit: Visit) -> Result<Response, ApiError> {
    visit.engine.sign_out(visit.me()?).await?;
    let headers = [(header::SET_COOKIE, access::cleared())];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
