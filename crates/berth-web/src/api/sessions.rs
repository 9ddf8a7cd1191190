//! `/api/v1/sessions`: those of whoever asks.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::StatusCode;

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists one's own sessions, newest first.
pub(crate) async fn list(visit: Visit) -> Result<Json<api::List<api::Session>>, ApiError> {
    let me = visit.me()?;
    let sessions = visit.engine.own_sessions(me).await?;
    Ok(Json(present::sessions(sessions, Some(me.session))))
}

/// Ends one of one's own sessions.
pub(crate) async fn end(visit: Visit, At(id): At<String>) -> Result<Response, ApiError> {
    visit.engine.end_own_session(visit.me()?, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends all of one's own sessions but this one.
pub(crate) async fn end_others(visit: Visit) -> Result<Json<api::SessionsEnded>, ApiError> {
    let ended = visit.engine.end_other_sessions(visit.me()?).await?;
    Ok(Json(api::SessionsEnded { ended }))
}
