//! What forms send.

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use crate::context::WebState;
use crate::error::ApiError;
use crate::extract::read;

/// The fields of a form (`application/x-www-form-urlencoded`). Fields that nobody knows are refused.
#[derive(Debug)]
pub(super) struct Form<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<WebState> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &WebState) -> Result<Self, Self::Rejection> {
        if !is_form(request.headers()) {
            return Err(ApiError::NotForm);
        }
        let bytes = read(request.into_body()).await?;
        serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|error| ApiError::Unreadable {
            detail: format!("the form cannot be read: {error}"),
            problems: Vec::new(),
        })
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.and_then(|value| value.split(';').next());
    media
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// What was typed, or nothing at all.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
