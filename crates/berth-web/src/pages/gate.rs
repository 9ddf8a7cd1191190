//! The doors: claiming the installation, signing in and out, accepting an invitation.
//!
//! # Invariants
//!
//! * What was typed comes back when it was not right, but for passwords and codes.
//! * Where somebody is sent on to is a path of this server.

pub(super) mod claim;
mod elsewhere;
pub(super) mod join;
pub(super) mod sign_in;

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::html::see_other;
use super::said::Said;
use crate::access;
use crate::context::Visit;
use crate::error::ApiError;

pub(crate) use elsewhere::not_let_in;

/// Sends a script's request on, which does not follow a redirect by itself (htmx).
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
pub(crate) const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");

/// Whether a script asks, which only wants the part of a page that changes.
pub(super) fn is_by_script(headers: &HeaderMap) -> bool {
    headers.contains_key(HX_REQUEST)
}

/// Where somebody goes on to: a path of this server, else the beginning.
pub(super) fn onward(to: Option<&str>) -> String {
    let is_ours = |to: &&str| {
        to.starts_with('/')
            && !to.starts_with("//")
            && !to.contains('\\')
            && to.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    };
    to.filter(is_ours).unwrap_or("/").to_owned()
}

/// Ends the session, and has the browser forget it.
pub(super) async fn sign_out(visit: Visit) -> Result<Response, ApiError> {
    visit.engine.sign_out(visit.me()?).await?;
    let mut response = see_other("/sign-in");
    response.headers_mut().insert(header::SET_COOKIE, access::cleared());
    Ok(response)
}

/// Lets somebody in who proved who they are.
async fn let_in(
    new: berth_engine::view::NewSession,
    (to, by_script): (&str, bool),
) -> Result<Response, ApiError> {
    let lasts = new.session.ends_at.as_second() - new.session.created_at.as_second();
    let mut response = if by_script {
        let to = HeaderValue::from_str(to).map_err(|_| ApiError::NoSuchPath)?;
        ([(HX_REDIRECT, to)], "").into_response()
    } else {
        see_other(to)
    };
    response.headers_mut().insert(header::SET_COOKIE, access::held(&new.secret, lasts));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_on_to_another_server() {
        assert_eq!(
            onward(Some("/organisations/default/tenants?state=broken")),
            "/organisations/default/tenants?state=broken"
        );
        for to in [
            "",
            "tenants",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            // No header can say it, and browsers do not send it.
            "/caf\u{e9}",
            "javascript:alert(1)",
        ] {
            assert_eq!(onward(Some(to)), "/", "{to}");
        }
        assert_eq!(onward(None), "/");
    }
}
