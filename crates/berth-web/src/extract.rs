//! Parts of a request, read strictly.

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use berth_api::v1::FieldProblem;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Frame;
use serde::de::DeserializeOwned;

use crate::context::WebState;
use crate::error::ApiError;

/// The largest body of a request, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 20;
/// How long it may take to arrive, in all. Who asks and what they may is known by the head, and may be
/// another by the time that a body comes which somebody holds back.
const BODY_TIME: Duration = Duration::from_secs(15);

/// The names in a path.
#[derive(Debug)]
pub(crate) struct At<T>(pub(crate) T);

/// What stands behind the question mark. Parameters that nobody knows are refused.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

/// A JSON body. Fields that nobody knows are refused.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<WebState> for At<T> {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Self(names)),
            Err(_) => Err(ApiError::NoSuchPath),
        }
    }
}

impl<T: DeserializeOwned> FromRequestParts<WebState> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &WebState) -> Result<Self, Self::Rejection> {
        Self::of(&parts.uri)
    }
}

impl<T: DeserializeOwned> Asked<T> {
    pub(crate) fn of(uri: &Uri) -> Result<Self, ApiError> {
        Query::try_from_uri(uri)
            .map(|Query(asked)| Self(asked))
            .map_err(|rejection| unreadable_query(&rejection))
    }
}

fn unreadable_query(rejection: &QueryRejection) -> ApiError {
    let cause = std::error::Error::source(rejection).map_or_else(
        || rejection.to_string(),
        |source| source.source().map_or_else(|| source.to_string(), ToString::to_string),
    );
    // The library puts the parameter in front of what is wrong with it.
    let (field, message) = match cause.split_once(": ") {
        Some((field, message)) if !field.contains(' ') => (field.to_owned(), message.to_owned()),
        _ => (String::new(), cause),
    };
    let problems = vec![FieldProblem { field, message, hint: None }];
    ApiError::Unreadable { detail: "the query cannot be read".to_owned(), problems }
}

impl<T: DeserializeOwned> FromRequest<WebState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &WebState) -> Result<Self, Self::Rejection> {
        if !is_json(request.headers()) {
            return Err(ApiError::NotJson);
        }
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

/// Reads a body that is not longer than it may be.
pub(crate) async fn read(body: axum::body::Body) -> Result<Bytes, ApiError> {
    let read = tokio::time::timeout(BODY_TIME, gathered(body)).await;
    read.unwrap_or_else(|_elapsed| Err(unreadable_body("the body took too long")))
}

/// Copies what comes: a piece that is kept as it came keeps more than its own bytes, and a body may
/// come in as many pieces as it has bytes.
async fn gathered(body: axum::body::Body) -> Result<Bytes, ApiError> {
    let mut body = Limited::new(body, BODY_LIMIT);
    let mut gathered = BytesMut::new();
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => gathered.extend_from_slice(&data),
            // Trailers say nothing that anybody asked for.
            Ok(Err(_trailers)) => {}
            Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
                return Err(ApiError::TooLarge { limit: BODY_LIMIT });
            }
            Err(_) => return Err(unreadable_body("the body broke off")),
        }
    }
    Ok(gathered.freeze())
}

fn unreadable_body(detail: &str) -> ApiError {
    ApiError::Unreadable { detail: detail.to_owned(), problems: Vec::new() }
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let unreadable = |field: String, error: &serde_json::Error| {
        let detail = if error.is_data() {
            "the body does not have the expected fields".to_owned()
        } else {
            "the body is not JSON".to_owned()
        };
        let problems = vec![FieldProblem { field, message: error.to_string(), hint: None }];
        ApiError::Unreadable { detail, problems }
    };
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = match error.path().to_string().as_str() {
            // Before the first field, or where the text is not JSON any more.
            "." | "?" => String::new(),
            path => path.to_owned(),
        };
        unreadable(field, error.inner())
    })?;
    json.end().map_err(|error| unreadable(String::new(), &error))?;
    Ok(value)
}

/// Answers everything that no route takes.
pub(crate) async fn nowhere() -> Response {
    ApiError::NoSuchPath.into_response()
}

/// Answers methods that a path does not take.
pub(crate) async fn no_such_method() -> Response {
    ApiError::MethodNotAllowed.into_response()
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn in_pieces(bytes: &[u8]) -> axum::body::Body {
        let pieces: Vec<_> = bytes
            .iter()
            .map(|byte| Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[*byte])))
            .collect();
        axum::body::Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_in_many_pieces_is_read_as_one_and_takes_no_more_than_its_bytes() {
        let text = vec![b'x'; 100_000];

        let read = read(in_pieces(&text)).await.unwrap();

        assert_eq!(read, text);
        let capacity = read.try_into_mut().unwrap().capacity();
        assert!(capacity < 2 * 100_000 + 64, "{capacity}");
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_and_one_that_breaks_off_are_told_apart() {
        let long = read(axum::body::Body::from(vec![b'x'; BODY_LIMIT + 1])).await;
        let broken = [Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("gone"))];
        let broken = read(axum::body::Body::from_stream(stream::iter(broken))).await;

        assert!(matches!(long, Err(ApiError::TooLarge { .. })), "{long:?}");
        let Err(ApiError::Unreadable { detail, .. }) = broken else { panic!("{broken:?}") };
        assert_eq!(detail, "the body broke off");
    }
}
