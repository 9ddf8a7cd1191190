//! Parts of a request, read strictly.

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use berth_api::v1::FieldProblem;
use bytes::Bytes;
use http::{HeaderMap, Uri, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::context::WebState;
use crate::error::ApiError;

/// The largest body of a request, in bytes.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

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
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(ApiError::TooLarge { limit: BODY_LIMIT })
        }
        Err(_) => Err(ApiError::Unreadable {
            detail: "the body broke off".to_owned(),
            problems: Vec::new(),
        }),
    }
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
