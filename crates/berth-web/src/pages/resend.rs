//! A form that came when the session of whoever sent it was over: what they typed stays on the page at
//! which they sign in, and is theirs to send afterwards.
//!
//! # Invariants
//!
//! * Only what a page of this server sent is kept: nobody else puts words into a form that somebody is
//!   about to send.
//! * No password is kept, nor any code. A form that had one is shown again rather than sent.
//! * Nothing is sent by itself: whoever signed in presses a button.

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Method, Request as HttpRequest, header};

use super::form::is_form;
use crate::access;
use crate::error::ApiError;
use crate::extract::read;

/// The longest form that is kept.
pub(super) const MOST: u64 = 64 * 1024;
/// Where a new tenant is asked for, and where what was typed is shown again.
const NEW: &str = "/tenants/new";
const SHOWN_AGAIN: &str = "/check";

/// What was sent, in a response that refuses it.
#[derive(Debug, Clone)]
pub(crate) struct Kept(Bytes);

/// A form that can be sent again.
#[derive(Debug, Clone)]
pub(super) struct Again {
    /// Where it goes.
    pub(super) path: String,
    /// Its fields, without what must not be kept.
    pub(super) fields: Vec<(String, String)>,
    /// Whether it is shown again first: it had something in it that is not kept.
    pub(super) is_shown: bool,
}

/// Refuses a request. If it is a form of a page and only the session is over, what it says is kept.
pub(crate) async fn refuse(error: ApiError, request: Request) -> Response {
    use axum::response::IntoResponse as _;

    let is_over = matches!(error, ApiError::NoToken | ApiError::BadSession);
    if !is_over || !is_kept(&request) {
        return error.into_response();
    }
    let kept = read(request.into_body()).await;
    let mut response = error.into_response();
    if let Ok(kept) = kept {
        response.extensions_mut().insert(Kept(kept));
    }
    response
}

fn is_kept(request: &HttpRequest<Body>) -> bool {
    let headers = request.headers();
    super::is_page(request.uri().path())
        && request.method() == Method::POST
        && is_form(headers)
        && access::is_own_page(headers)
        && length(headers).is_some_and(|length| length <= MOST)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl Again {
    /// What a refused form said.
    pub(super) fn of(path: &str, Kept(bytes): &Kept) -> Self {
        Self::read(path, bytes)
    }

    /// What the page at which somebody signed in says of it.
    pub(super) fn read(path: &str, form: &[u8]) -> Self {
        let all = form_urlencoded::parse(form).into_owned();
        let (fields, secret): (Vec<_>, Vec<_>) = all.partition(|(name, _)| !is_secret(name));
        let is_new = path.ends_with(NEW);
        let is_shown = is_new || secret.iter().any(|(_, value)| !value.is_empty());
        let path = if is_new { format!("{path}{SHOWN_AGAIN}") } else { path.to_owned() };
        Self { path, fields, is_shown }
    }

    /// As one field of another form.
    pub(super) fn packed(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

fn is_secret(name: &str) -> bool {
    ["password", "code", "secret", "token"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_form_is_all_but_its_secrets() {
        let form = b"name=acme&modules=sale%2Ccrm&admin_password=three+herons&tags=a&tags=b";

        let again = Again::read("/organisations/default/tenants/new", form);

        assert_eq!(again.path, "/organisations/default/tenants/new/check");
        assert_eq!(again.packed(), "name=acme&modules=sale%2Ccrm&tags=a&tags=b");
        assert!(again.is_shown);
    }

    #[test]
    fn a_form_without_secrets_goes_where_it_went() {
        let again = Again::read("/organisations/default/tenants/acme/stop", b"once=k");

        assert_eq!(again.path, "/organisations/default/tenants/acme/stop");
        assert!(!again.is_shown);
    }

    #[test]
    fn only_forms_of_our_own_pages_are_kept() {
        let request = |method: &str, path: &str, site: &str| {
            let request = HttpRequest::builder()
                .method(method)
                .uri(path)
                .header(header::HOST, "berth.example.com")
                .header("sec-fetch-site", site)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::CONTENT_LENGTH, "4");
            is_kept(&request.body(Body::empty()).unwrap())
        };

        assert!(request("POST", "/organisations/default/tenants/new", "same-origin"));
        assert!(!request("POST", "/organisations/default/tenants/new", "cross-site"));
        assert!(!request("POST", "/organisations/default/tenants/new", "none"));
        assert!(!request("GET", "/organisations/default/tenants/new", "same-origin"));
        assert!(!request("POST", "/api/v1/organisations/default/tenants", "same-origin"));
    }
}
