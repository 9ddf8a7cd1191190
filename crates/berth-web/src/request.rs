//! Every request gets an id and a span; every failure becomes its document.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use berth_api::v1::PROBLEM_MEDIA_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use tracing::Instrument as _;

use crate::access;
use crate::context::WebState;
use crate::error::ApiError;
use crate::pages;
use crate::routes;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Where an address is a secret, no other request says that it came from there. It says from which host:
/// of a form of a page without that, nobody knows that it is ours (`access/site.rs`).
const NO_PATH: HeaderValue = HeaderValue::from_static("strict-origin");
/// How to say who asks (RFC 9110).
const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"berth\"");

/// What a request is called in answers and in the log.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is known of a request")]
pub(crate) struct RequestInfo {
    /// `req_` and 32 hexadecimal digits.
    pub(crate) id: String,
    /// Without what is secret in it.
    pub(crate) path: String,
    /// Path and query, as they were asked for. Not told to anybody but whoever sent them.
    whole: String,
    /// Whether a secret stands in the path.
    has_secret: bool,
    pub(crate) is_get: bool,
    /// A script of a page asks.
    pub(crate) is_by_script: bool,
    /// Somebody came by a link of another page.
    pub(crate) is_arrival: bool,
    /// Somebody is on the way to a provider or back, and looks at what is answered.
    pub(crate) is_on_the_way: bool,
    /// How whoever looks wants pages to be: `light`, `dark`, or as their system has it.
    pub(crate) theme: &'static str,
}

impl RequestInfo {
    /// Path and query, for the browser that asked for them.
    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// The same for another address to hold. `None`: a secret stands in them, which belongs into no query.
    pub(crate) fn to_come_back(&self) -> Option<&str> {
        (!self.has_secret).then_some(self.whole.as_str())
    }
}

/// Whether whoever asks looks at pages: browsers say so, programs do not.
fn takes_pages(headers: &HeaderMap) -> bool {
    let takes = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    takes.flat_map(|value| value.split(',')).any(|media| {
        let media = media.split(';').next().unwrap_or_default();
        media.trim().eq_ignore_ascii_case("text/html")
    })
}

/// Whether an address is one of texts: none that Berth keeps has a NUL, and PostgreSQL takes none to compare.
fn is_text(address: &Uri) -> bool {
    !address.path().contains("%00") && !address.query().is_some_and(|query| query.contains("%00"))
}

fn no_text() -> ApiError {
    let detail = "the address has a character in it that no text has (`%00`)".to_owned();
    ApiError::Unreadable { detail, problems: Vec::new() }
}

/// Names the request, and words its failure if it has one.
pub(crate) async fn identify(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let whole = request.uri().path_and_query().map_or(path, |whole| whole.as_str());
    let info = RequestInfo {
        id: format!("req_{}", state.ids.uuid().simple()),
        path: routes::told(path).to_owned(),
        whole: whole.to_owned(),
        has_secret: routes::has_secret(path),
        is_get: request.method() == http::Method::GET,
        is_by_script: request.headers().contains_key(pages::HX_REQUEST),
        is_arrival: access::is_arrival(request.method(), request.headers()),
        is_on_the_way: routes::is_on_the_way(request.method(), path)
            && takes_pages(request.headers()),
        theme: pages::theme(request.headers()),
    };
    let span = tracing::info_span!(
        "request",
        request.id = info.id,
        http.method = %request.method(),
        http.path = info.path,
    );
    let is_text = is_text(request.uri());
    request.extensions_mut().insert(info.clone());
    async {
        let answer = if is_text { next.run(request).await } else { no_text().into_response() };
        let mut response = worded(answer, &info);
        let id = HeaderValue::from_str(&info.id).expect("an id is ASCII");
        response.headers_mut().insert(REQUEST_ID, id);
        if info.has_secret {
            response.headers_mut().insert(header::REFERRER_POLICY, NO_PATH);
        }
        tracing::debug!(http.status = response.status().as_u16(), "answered");
        response
    }
    .instrument(span)
    .await
}

fn worded(mut response: Response, info: &RequestInfo) -> Response {
    let Some(error) = response.extensions_mut().remove::<Arc<ApiError>>() else {
        return response;
    };
    let status = response.status();
    if pages::is_page(&info.path) {
        let kept = response.extensions_mut().remove::<pages::Kept>();
        return pages::failed(&error, (info, kept.as_ref()), status);
    }
    if info.is_on_the_way {
        return pages::not_let_in(&error, info, status);
    }
    let mut worded = (status, Json(error.problem(info))).into_response();
    let headers = worded.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        headers.insert(header::ALLOW, allow);
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, BEARER);
    }
    if let Some(seconds) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    worded
}
