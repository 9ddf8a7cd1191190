//! `/api/v1/people/{person}/sessions`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists somebody's sessions, newest first.
pub(crate) async fn list(
    context: Context,
    At(who): At<String>,
) -> Result<Json<api::List<api::Session>>, ApiError> {
    let sessions = context.engine.person_sessions(&context.actor, &who).await?;
    Ok(Json(present::sessions(sessions, None)))
}

/// Ends all of somebody's sessions.
pub(crate) async fn end(
    context: Context,
    At(who): At<String>,
) -> Result<Json<api::SessionsEnded>, ApiError> {
    let ended = context.engine.end_person_sessions(&context.actor, &who).await?;
    Ok(Json(api::SessionsEnded { ended }))
}
