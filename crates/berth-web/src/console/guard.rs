//! What stands before and behind every request over TCP.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::Rules;
use crate::access::Remote;

/// Who connected, which is not always who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connected(pub(super) IpAddr);

/// On every answer, unless it says something else itself.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];
/// Half a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=15768000");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Refuses what should not have come here, and finds out from where the rest came.
pub(crate) async fn guard(
    State(rules): State<Arc<Rules>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(Connected(peer)) = request.extensions().get().copied() else {
        return crate::error::ApiError::Forbidden.into_response();
    };
    match rules.check(&request, peer) {
        Ok(address) => {
            request.extensions_mut().insert(Remote(address));
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

/// Adds to every answer what browsers and caches are to know, and ends a connection of which it is not
/// sure any more where the next request begins.
pub(crate) async fn seal(
    State(rules): State<Arc<Rules>>,
    request: Request,
    next: Next,
) -> Response {
    let is_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    add(headers, &rules);
    let is_odd = matches!(status, StatusCode::BAD_REQUEST | StatusCode::MISDIRECTED_REQUEST);
    if is_chunked || is_odd {
        headers.insert(header::CONNECTION, CLOSE);
    }
    response
}

fn add(headers: &mut HeaderMap, rules: &Rules) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
    if rules.has_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}
