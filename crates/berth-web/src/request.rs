//! Every request gets an id and a span; every failure becomes its document.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use berth_api::v1::PROBLEM_MEDIA_TYPE;
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use tracing::Instrument as _;

use crate::access;
use crate::context::WebState;
use crate::error::ApiError;
use crate::pages;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How to say who asks (RFC 9110).
const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"berth\"");

/// What a request is called in answers and in the log.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    /// `req_` and 32 hexadecimal digits.
    pub(crate) id: String,
    pub(crate) path: String,
    /// What stands behind the question mark. Not told to anybody but whoever sent it.
    query: Option<String>,
    pub(crate) is_get: bool,
    /// A script of a page asks.
    pub(crate) is_by_script: bool,
    /// Somebody came by a link of another page.
    pub(crate) is_arrival: bool,
    /// How whoever looks wants pages to be: `light`, `dark`, or as their system has it.
    pub(crate) theme: &'static str,
}

impl RequestInfo {
    /// Path and query.
    pub(crate) fn whole(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }
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
    let info = RequestInfo {
        id: format!("req_{}", state.ids.uuid().simple()),
        path: request.uri().path().to_owned(),
        query: request.uri().query().map(str::to_owned),
        is_get: request.method() == http::Method::GET,
        is_by_script: request.headers().contains_key(pages::HX_REQUEST),
        is_arrival: access::is_arrival(request.method(), request.headers()),
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
