//! `PUT /api/v1/account/password`

use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::ChangePassword;
use http::StatusCode;

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;

/// Puts a password in the place of one's own. All other sessions end.
pub(crate) async fn change(
    visit: Visit,
    Body(body): Body<api::PasswordChange>,
) -> Result<Response, ApiError> {
    let api::PasswordChange { current_password, password } = body;
    let request =
        ChangePassword { current: current_password.into_inner(), new: password.into_inner() };
    visit.engine.change_password(visit.me()?, &visit.whence, request).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
