//! What is said on a page that stays: at its edge, until somebody has read it.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode};

use super::html::page_with;
use super::words::Status;
use crate::error::ApiError;

/// Where a script puts an answer that it did not ask for.
const HX_RETARGET: HeaderName = HeaderName::from_static("hx-retarget");
const HX_RESWAP: HeaderName = HeaderName::from_static("hx-reswap");

/// Something that is said.
#[derive(Debug, Template)]
#[template(path = "parts/toast.html")]
pub(super) struct Toast {
    status: Status,
    text: String,
    detail: String,
    /// Where there is more: an address, and what the link says.
    link: Option<(String, &'static str)>,
    /// The link opens beside the page, because that holds what was typed.
    is_beside: bool,
}

impl Toast {
    /// Something was begun.
    pub(super) fn begun(what: String, operation: String) -> Self {
        Self {
            status: Status::new("running", "Begun"),
            text: what,
            detail: "It was begun.".to_owned(),
            link: Some((operation, "Show it")),
            is_beside: false,
        }
    }

    /// Something was not done.
    pub(super) fn refused(text: String, detail: String) -> Self {
        let status = Status::new("error", "Refused");
        Self { status, text, detail, link: None, is_beside: false }
    }

    /// The session of whoever typed something is over.
    pub(super) fn signed_out() -> Self {
        Self {
            status: Status::new("warn", "Signed out"),
            text: "You are signed out".to_owned(),
            detail:
                "Nothing was sent, and what you typed is still here. Sign in in another tab, and \
                     send it again."
                    .to_owned(),
            link: Some(("/sign-in".to_owned(), "Sign in in another tab")),
            is_beside: true,
        }
    }

    /// Answers a script, whatever part of the page that was about to change.
    pub(super) fn answer(&self, status: StatusCode) -> Result<Response, ApiError> {
        let to = [
            (HX_RETARGET, HeaderValue::from_static("#toasts")),
            (HX_RESWAP, HeaderValue::from_static("innerHTML")),
        ];
        Ok((to, page_with(status, self)?).into_response())
    }
}
