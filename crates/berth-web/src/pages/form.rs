//! What forms send.

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::context::WebState;
use crate::error::ApiError;
use crate::extract::read;

/// The field by which a form that is sent twice is known again (`once.rs`).
const ONCE: &str = "once";

/// The fields of a form (`application/x-www-form-urlencoded`). Fields that nobody knows are refused; one
/// that may be there several times is a `Vec`.
#[derive(Debug)]
pub(super) struct Form<T>(pub(super) T);

/// A form with nothing but its button.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl<T: DeserializeOwned> FromRequest<WebState> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &WebState) -> Result<Self, Self::Rejection> {
        if !is_form(request.headers()) {
            return Err(ApiError::NotForm);
        }
        fields(&read(request.into_body()).await?).map(Self)
    }
}

/// Reads the fields of a form.
pub(super) fn fields<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut fields = form_urlencoded::Serializer::new(String::new());
    fields.extend_pairs(form_urlencoded::parse(body).filter(|(name, _)| name != ONCE));
    serde_html_form::from_str(&fields.finish()).map_err(|error| ApiError::Unreadable {
        detail: format!("the form cannot be read: {error}"),
        problems: Vec::new(),
    })
}

/// The key by which a form is known again, if it has one that can be used.
pub(crate) fn once_of(body: &[u8]) -> Option<String> {
    let mut keys = form_urlencoded::parse(body).filter(|(name, _)| name == ONCE);
    let (_, key) = keys.next()?;
    let is_key = (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    is_key.then(|| key.into_owned())
}

pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.and_then(|value| value.split(';').next());
    media
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// What was typed, or nothing at all.
pub(super) fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// What was typed as a list: `sale, crm` and `sale crm` are two.
pub(super) fn listed(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
