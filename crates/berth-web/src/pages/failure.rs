//! Failures as pages.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::gate::{onward, sign_in};
use super::html::{page, page_with, see_other};
use super::link::link;
use super::resend::{Again, Kept};
use super::toast::Toast;
use super::words::capitalised;
use crate::access;
use crate::error::ApiError;
use crate::request::RequestInfo;

const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// Something went wrong.
#[derive(Debug, Template)]
#[template(path = "failure.html")]
struct FailurePage {
    title: String,
    detail: String,
    because: Vec<String>,
    problems: Vec<String>,
    hint: Option<String>,
    request: String,
    theme: &'static str,
}

/// Somebody came by a link. Their browser asks once more, from this page, and shows who they are then.
#[derive(Debug, Template)]
#[template(path = "arrival.html")]
struct Arrival {
    to: String,
}

/// Words a failure for whoever looks at a page. Somebody whom nobody knows is sent to the door, and
/// comes back to where they wanted to go.
pub(crate) fn failed(
    error: &Arc<ApiError>,
    (info, kept): (&RequestInfo, Option<&Kept>),
    status: StatusCode,
) -> Response {
    if matches!(**error, ApiError::OtherSite) && info.is_arrival {
        return page(&Arrival { to: onward(Some(info.whole())) })
            .unwrap_or_else(|_| status.into_response());
    }
    let is_unknown = status == StatusCode::UNAUTHORIZED;
    let mut answer = match (is_unknown, kept) {
        (true, _) if info.is_get => to_the_door(info),
        // What was typed stays where it is.
        (true, _) if info.is_by_script => at_the_edge(&Toast::signed_out(), status),
        (true, Some(kept)) => sign_in::again(info, &Again::of(&info.path, kept), status),
        _ if info.is_by_script && !info.is_get => refused(error, info, status),
        _ => told(error, info, status),
    };
    // What the browser holds is good for nothing any more.
    if matches!(**error, ApiError::BadSession) {
        answer.headers_mut().insert(header::SET_COOKIE, access::cleared());
    }
    if let Some(seconds) = error.retry_after() {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

fn to_the_door(info: &RequestInfo) -> Response {
    let to = info.to_come_back().filter(|to| *to != "/");
    let door = link("/sign-in", [("to", to)]);
    if !info.is_by_script {
        return see_other(&door);
    }
    match HeaderValue::from_str(&door) {
        Ok(door) => (StatusCode::NO_CONTENT, [(HX_REDIRECT, door)]).into_response(),
        Err(_) => see_other("/sign-in"),
    }
}

/// Says it to a page that stays.
fn refused(error: &ApiError, info: &RequestInfo, status: StatusCode) -> Response {
    let problem = error.problem(info);
    let mut causes = vec![problem.detail];
    causes.extend(problem.because);
    causes.extend(problem.problems.into_iter().map(|it| it.message));
    let detail = format!("{}.", capitalised(&causes.join(": ")));
    at_the_edge(&Toast::refused(capitalised(&problem.title), detail), status)
}

fn at_the_edge(toast: &Toast, status: StatusCode) -> Response {
    toast.answer(status).unwrap_or_else(|_| status.into_response())
}

/// Tells it.
pub(super) fn told(error: &ApiError, info: &RequestInfo, status: StatusCode) -> Response {
    let problem = error.problem(info);
    let said = |it: &berth_api::v1::FieldProblem| match it.field.as_str() {
        "" => it.message.clone(),
        field => format!("{field}: {}", it.message),
    };
    let failure = FailurePage {
        title: capitalised(&problem.title),
        detail: capitalised(&problem.detail),
        because: problem.because,
        problems: problem.problems.iter().map(said).collect(),
        hint: problem.hint.map(|hint| capitalised(&hint)),
        request: problem.request_id,
        theme: info.theme,
    };
    page_with(status, &failure).unwrap_or_else(|_| status.into_response())
}
