//! Linking one's own account with a foreign provider, and unlinking it.

use askama::Template;
use axum::response::Response;
use berth_engine::request::LinkWith;
use http::header;
use serde::Deserialize;

use super::page::again;
use crate::access;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::Form;
use crate::pages::html::{page, see_other};
use crate::pages::shell::OwnSeat;

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    current_password: String,
}

/// The browser goes on to a provider by itself: what a form answers with may not lead to another site.
#[derive(Debug, Template)]
#[template(path = "arrival.html")]
struct Onwards {
    to: String,
}

/// Sends the browser to a provider, to come back linked.
pub(crate) async fn link(
    seat: OwnSeat,
    At(provider): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let request =
        LinkWith { password: typed.current_password.into(), next: Some("/account".to_owned()) };
    let visit = &seat.visit;
    match visit.engine.begin_link(visit.me()?, &visit.whence, (&provider, request)).await {
        Ok(begun) => {
            let mut response = page(&Onwards { to: begun.url })?;
            response.headers_mut().append(header::SET_COOKIE, access::away(&begun.held));
            Ok(response)
        }
        Err(error) => again(seat, format!("link-{provider}"), error).await,
    }
}

/// Unlinks one's own account from a provider.
pub(crate) async fn unlink(
    seat: OwnSeat,
    At(provider): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let visit = &seat.visit;
    let password = typed.current_password.into();
    match visit.engine.unlink_own(visit.me()?, &visit.whence, (&provider, password)).await {
        Ok(()) => Ok(see_other("/account?done=unlinked")),
        Err(error) => again(seat, format!("unlink-{provider}"), error).await,
    }
}
