//! `/api/v1/organisations/{org}/members/{person}/sessions`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Lists a member's sessions, newest first.
pub(crate) async fn list(
    context: Context,
    At((org, who)): At<(String, String)>,
) -> Result<Json<api::List<api::Session>>, ApiError> {
    let sessions = context.engine.member_sessions(&context.actor, (&org, &who)).await?;
    Ok(Json(present::sessions(sessions, None)))
}

/// Ends all of a member's sessions.
pub(crate) async fn end(
    context: Context,
    At((org, who)): At<(String, String)>,
) -> Result<Json<api::SessionsEnded>, ApiError> {
    let ended = context.engine.end_member_sessions(&context.actor, (&org, &who)).await?;
    Ok(Json(api::SessionsEnded { ended }))
}
