//! `Idempotency-Key`: a request that is sent again is answered as it was, and carried out once.
//!
//! # Invariants
//!
//! * Whether it was carried out is the engine's to know, in the transaction that did it. Here is only
//!   what was answered.
//! * A form says its key in a field, one with a file in its address. What it was answered is a page that the
//!   browser is sent on to.
//! * What is secret is not kept. A form that is answered with what is inside a tenant is carried out once all
//!   the same: the engine refuses the second one, and its page says so.
//! * Requests are the same when method, address, `If-Match` and body are, byte for byte. Of a body that
//!   is a stream only the length counts: it is not read before it is known to be wanted.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use berth_engine::{EngineError, Once, Recalled};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::api::tenants::accepted;
use crate::context::{Context, WebState};
use crate::error::ApiError;
use crate::extract;
use crate::pages;
use crate::request::RequestInfo;
use crate::routes::Route;

/// Headers of an answer that belong to it.
const KEPT: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::ETAG,
    header::CACHE_CONTROL,
    header::CONTENT_SECURITY_POLICY,
    header::REFERRER_POLICY,
];

/// What a route does about requests that are sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Repeats {
    /// It carries them out again.
    Each,
    Once {
        /// Whether it answers with an operation.
        is_begun: bool,
        /// Whether its body is bytes, as many as there are.
        is_stream: bool,
    },
    /// The same for a form of a page.
    Form,
    /// The same for one whose answer is not kept.
    FormUnkept,
    /// The same for one that sends a file. Its address says the key: the file is not read for it.
    FormWithFile,
}

impl Repeats {
    pub(crate) fn of(route: &Route) -> Self {
        if route.is_page && route.is_once && route.stream.is_some() {
            Self::FormWithFile
        } else if route.is_page && route.is_once {
            if route.is_kept { Self::Form } else { Self::FormUnkept }
        } else if route.is_once {
            Self::Once { is_begun: route.is_begun(), is_stream: route.stream.is_some() }
        } else {
            Self::Each
        }
    }
}

/// Carries a request out, or answers what was answered to it before.
pub(crate) async fn carry_out_once(
    State(state): State<WebState>,
    repeats: Repeats,
    request: Request,
    next: Next,
) -> Response {
    let marked = match repeats {
        Repeats::Each => return next.run(request).await,
        Repeats::Once { is_stream, .. } => match key(request.headers()) {
            Ok(None) => return next.run(request).await,
            Ok(Some(key)) => known_again(request, key, is_stream).await,
            Err(error) => Err(error),
        },
        Repeats::Form => marked_form(request).await,
        Repeats::FormUnkept => {
            return match marked_form(request).await {
                Ok(request) => next.run(request).await,
                Err(error) => error.into_response(),
            };
        }
        Repeats::FormWithFile => {
            let query = request.uri().query().unwrap_or_default();
            match pages::once_of(query.as_bytes()) {
                Some(key) => known_again(request, key, true).await,
                None => Ok(request),
            }
        }
    };
    let answered = match marked {
        Ok(request) if request.extensions().get::<Once>().is_none() => {
            return next.run(request).await;
        }
        Ok(request) => answer(&state, repeats, request, next).await,
        Err(error) => Err(error),
    };
    answered.unwrap_or_else(ApiError::into_response)
}

/// A form, with how to know it again if it says so.
async fn marked_form(request: Request) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    let bytes = extract::read(body).await?;
    if let Some(key) = pages::once_of(&bytes) {
        let once = mark(&parts, key, &bytes)?;
        parts.extensions.insert(once);
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::Unreadable {
            detail: "`Idempotency-Key` must be 1 to 255 printable ASCII characters".to_owned(),
            problems: Vec::new(),
        }),
    }
}

/// The request, with how to know it again.
async fn known_again(request: Request, key: String, is_stream: bool) -> Result<Request, ApiError> {
    let (mut parts, body) = request.into_parts();
    let (said, body) = if is_stream {
        let length = parts.headers.get(header::CONTENT_LENGTH).map(HeaderValue::as_bytes);
        (Bytes::copy_from_slice(length.unwrap_or_default()), body)
    } else {
        let bytes = extract::read(body).await?;
        (bytes.clone(), Body::from(bytes))
    };
    let once = mark(&parts, key, &said)?;
    parts.extensions.insert(once);
    Ok(Request::from_parts(parts, body))
}

fn mark(parts: &Parts, key: String, said: &Bytes) -> Result<Once, ApiError> {
    let id = parts.extensions.get::<RequestInfo>().ok_or(ApiError::Forbidden)?.id.clone();
    Ok(Once::new(key, id, &asked(parts, said)))
}

/// Everything by which requests differ.
fn asked<'a>(parts: &'a Parts, said: &'a Bytes) -> Vec<&'a [u8]> {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let mut asked = vec![parts.method.as_str().as_bytes(), target.as_bytes(), said];
    asked.extend(parts.headers.get_all(header::IF_MATCH).iter().map(HeaderValue::as_bytes));
    asked
}

async fn answer(
    state: &WebState,
    repeats: Repeats,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let context = Context::from_request_parts(&mut parts, state).await?;
    let org = organisation(&parts);
    let turn = match context.engine.recall(&context.actor).await? {
        Some(Recalled::New(turn)) => Some(turn),
        Some(known) => return answer_again(&context, &org, repeats, known).await,
        None => None,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status().is_success() || response.status() == StatusCode::SEE_OTHER {
        return keep(&context, response).await;
    }
    if !was_repeated(&response) {
        return Ok(response);
    }
    // Another process was faster, and what it answered may be kept by now. Nobody has to wait for this
    // one any more, and it must not wait for itself.
    drop(turn);
    match context.engine.recall(&context.actor).await? {
        Some(known) => answer_again(&context, &org, repeats, known).await,
        None => Ok(response),
    }
}

/// Answers what was answered before, as far as it is known.
async fn answer_again(
    context: &Context,
    org: &str,
    repeats: Repeats,
    known: Recalled,
) -> Result<Response, ApiError> {
    match known {
        Recalled::Answered(answer) => Answered::again(&answer),
        Recalled::Unanswered(Some(id)) if matches!(repeats, Repeats::Form) => {
            Ok(pages::to_operation(org, &id.to_string()))
        }
        Recalled::Unanswered(Some(id))
            if matches!(repeats, Repeats::Once { is_begun: true, .. }) =>
        {
            let view = context.engine.operation(&context.actor, org, &id.to_string()).await?;
            Ok(accepted(org, view))
        }
        Recalled::Unanswered(_) => Err(EngineError::AnswerLost.into()),
        Recalled::New(_) => Err(EngineError::Repeated.into()),
    }
}

/// Whether the request failed because another process carried the same one out meanwhile.
fn was_repeated(response: &Response) -> bool {
    let error = response.extensions().get::<Arc<ApiError>>();
    error.is_some_and(|error| matches!(**error, ApiError::Engine(EngineError::Repeated)))
}

/// The organisation that the path names: an operation has one.
fn organisation(parts: &Parts) -> String {
    let mut parts = parts.uri.path().split('/').skip_while(|part| *part != "organisations");
    parts.nth(1).unwrap_or_default().to_owned()
}

/// Keeps an answer for whoever asks again, and hands it on.
async fn keep(context: &Context, response: Response) -> Result<Response, ApiError> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| ApiError::BrokeOff { what: "answer" })?.to_bytes();
    let answer = Answered::of(parts.status, &parts.headers, &body);
    if let Err(error) = context.engine.keep_answer(&context.actor, &answer).await {
        // It is done all the same; only whoever asks again learns less.
        tracing::warn!(%error, "an answer cannot be kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// An answer as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Answered {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answered {
    fn of(status: StatusCode, headers: &HeaderMap, body: &Bytes) -> SecretString {
        let kept = KEPT.iter().filter_map(|name| {
            let value = headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        });
        let answered = Self {
            status: status.as_u16(),
            headers: kept.collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        serde_json::to_string(&answered).expect("plain data has a JSON form").into()
    }

    /// The answer as it was.
    fn again(kept: &SecretString) -> Result<Response, ApiError> {
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| ApiError::Broken {
            action: "read an answer that was kept",
            source,
        };
        let Self { status, headers, body } =
            serde_json::from_str(kept.expose_secret()).map_err(|error| broken(error.into()))?;
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(name, value);
        }
        response.body(Body::from(body)).map_err(|error| broken(error.into()))
    }
}

#[cfg(test)]
mod tests;
