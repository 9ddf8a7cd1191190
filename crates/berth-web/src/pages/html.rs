//! A page as it is sent.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};

use crate::error::ApiError;

/// No script, style, picture or request but of this server, and nothing inline; in no frame.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const MEDIA: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Renders a page.
pub(super) fn page(template: &impl Template) -> Result<Response, ApiError> {
    page_with(StatusCode::OK, template)
}

/// The same with another status.
pub(super) fn page_with(
    status: StatusCode,
    template: &impl Template,
) -> Result<Response, ApiError> {
    let text = template
        .render()
        .map_err(|error| ApiError::Broken { action: "write the page", source: error.into() })?;
    let headers = [
        (header::CONTENT_TYPE, MEDIA),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, NO_STORE),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    Ok((status, headers, text).into_response())
}

/// Sends a browser on with a GET, whatever it came with (RFC 9110, section 15.4.4).
pub(super) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => ApiError::NoSuchPath.into_response(),
    }
}
