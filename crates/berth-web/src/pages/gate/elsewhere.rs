//! Somebody who was to come in by a foreign provider, and was not let in.
//!
//! Their browser is at a route of the API, which tells programs the same as a problem.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use berth_engine::{EngineError, ForeignError};
use http::{HeaderValue, StatusCode, header};

use crate::error::ApiError;
use crate::pages::failure::told;
use crate::pages::html::page_with;
use crate::request::RequestInfo;

/// What went wrong, and what to do next.
#[derive(Debug, Template)]
#[template(path = "elsewhere.html")]
struct ElsewherePage {
    theme: &'static str,
    what: String,
    next: String,
    /// Where they go on: an address, and what the button says.
    back: (&'static str, &'static str),
    title: &'static str,
    request: String,
}

/// Tells whoever looks why they are not signed in.
pub(crate) fn not_let_in(error: &ApiError, info: &RequestInfo, status: StatusCode) -> Response {
    let ApiError::Engine(EngineError::Foreign(why)) = error else {
        return told(error, info, status);
    };
    let (what, next) = worded(why);
    let (title, back) = match why {
        ForeignError::LinkedElsewhere(_) => {
            ("Your account is not linked", ("/account", "Back to your account"))
        }
        _ => ("You are not signed in", ("/sign-in", "Back to sign-in")),
    };
    let page =
        ElsewherePage { theme: info.theme, what, next, back, title, request: info.id.clone() };
    let mut answer = page_with(status, &page).unwrap_or_else(|_| status.into_response());
    // What the provider sent stands in the address.
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(seconds) = error.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

/// What went wrong, and what to do next.
fn worded(why: &ForeignError) -> (String, String) {
    let again = "Begin again. If it stays so, tell whoever runs this server.";
    let (what, next): (String, &str) = match why {
        ForeignError::NoSuchProvider(id) => {
            (format!("Nobody signs in here at `{id}`."), "Sign in in another way.")
        }
        ForeignError::NotBegun(name) => (
            format!("This browser began no sign-in at {name}, or it took longer than ten minutes."),
            "Begin again, and stay in one window.",
        ),
        ForeignError::Crooked(_) => {
            ("What the provider sent back cannot be read.".to_owned(), again)
        }
        ForeignError::TurnedAway(error) => (sentence(&error.to_string()), again),
        ForeignError::Away(name) => (
            format!("{name} does not answer."),
            "Try again in a moment. If it stays so, tell whoever runs this server.",
        ),
        ForeignError::NoAddress(name) => (
            format!("{name} does not say your e-mail address, and an account here has one."),
            "Sign in in another way, or ask whoever runs this server.",
        ),
        ForeignError::NotWelcome(name) => {
            let next = format!(
                "If you have an account here, sign in with its password, and link it with {name} on the page of \
                 your account. Else ask for an invitation."
            );
            return (format!("{name} says who you are, and nobody has let you in here."), next);
        }
        ForeignError::LinkedElsewhere(name) => (
            format!("Who you are at {name} is linked with another account."),
            "Unlink it there first, or ask an operator to do that.",
        ),
        ForeignError::SessionOver => (
            "The session in which you began this is over.".to_owned(),
            "Sign in again, and link your account then.",
        ),
        ForeignError::NoPassword | ForeignError::NotLinked { .. } => {
            (sentence(&why.to_string()), again)
        }
    };
    (what, next.to_owned())
}

fn sentence(text: &str) -> String {
    format!("{}.", crate::pages::words::capitalised(text))
}
