//! Where somebody is signed in.

use axum::response::Response;

use crate::error::ApiError;
use crate::extract::At;
use crate::pages::html::see_other;
use crate::pages::shell::OwnSeat;

/// Ends one of one's own sessions.
pub(crate) async fn end(seat: OwnSeat, At(id): At<String>) -> Result<Response, ApiError> {
    seat.visit.engine.end_own_session(seat.visit.me()?, &id).await?;
    Ok(see_other("/account?done=session"))
}

/// Ends all of one's own sessions but this one.
pub(crate) async fn end_others(seat: OwnSeat) -> Result<Response, ApiError> {
    seat.visit.engine.end_other_sessions(seat.visit.me()?).await?;
    Ok(see_other("/account?done=sessions"))
}
