//! A new password.

use axum::response::Response;
use berth_engine::request::ChangePassword;
use serde::Deserialize;

use super::page::again;
use crate::error::ApiError;
use crate::pages::form::Form;
use crate::pages::html::see_other;
use crate::pages::shell::OwnSeat;

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    current_password: String,
    password: String,
}

/// Puts a password in the place of one's own. All other sessions end.
pub(crate) async fn change(seat: OwnSeat, Form(typed): Form<Typed>) -> Result<Response, ApiError> {
    let Typed { current_password, password } = typed;
    let request = ChangePassword { current: current_password.into(), new: password.into() };
    let visit = &seat.visit;
    match visit.engine.change_password(visit.me()?, &visit.whence, request).await {
        Ok(()) => Ok(see_other("/account?done=password")),
        Err(error) => again(seat, "password", error).await,
    }
}
