//! A page as it is sent.

use std::borrow::Cow;
use std::convert::Infallible;

use askama::Template;
use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;

use super::assets::{packed, takes_packed};
use super::gate::is_by_script;
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
    Ok((status, headers(), written(template)?).into_response())
}

/// Sends a script the part of a page that it reads again, and anybody else all of it.
pub(super) fn page_or_part(
    headers: &HeaderMap,
    whole: &impl Template,
    part: &impl Template,
) -> Result<Response, ApiError> {
    if is_by_script(headers) { page(part) } else { page(whole) }
}

/// Where a page says that its middle comes.
const MIDDLE: &str = "<!--middle-->";

/// Sends a page whose middle takes long: what stands before it at once, the rest when it is there.
pub(super) fn page_around(
    template: &impl Template,
    middle: impl Future<Output = askama::Result<String>> + Send + 'static,
) -> Result<Response, ApiError> {
    let whole = written(template)?;
    let (before, after) = whole.split_once(MIDDLE).unwrap_or((&whole, ""));
    let (before, after) = (before.to_owned(), after.to_owned());
    let rest = stream::once(async move {
        let middle = middle.await.unwrap_or_else(|error| {
            // What a page has begun with cannot be taken back.
            tracing::error!(%error, "a page cannot be written to its end");
            String::new()
        });
        clean(&middle).into_owned() + &after
    });
    let parts = stream::once(std::future::ready(before)).chain(rest).map(Ok::<_, Infallible>);
    Ok((headers(), Body::from_stream(parts)).into_response())
}

fn written(template: &impl Template) -> Result<String, ApiError> {
    let text = template
        .render()
        .map_err(|error| ApiError::Broken { action: "write the page", source: error.into() })?;
    Ok(clean(&text).into_owned())
}

fn headers() -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_TYPE, MEDIA),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, NO_STORE),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]
}

/// What pages show instead of a character that shows nothing and does something.
const INSTEAD: char = char::REPLACEMENT_CHARACTER;

/// Takes out of a page what a text can do to those around it although it is escaped: control characters,
/// and marks that turn the direction of reading (Unicode Standard Annex 9, section 2).
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(does_something) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if does_something(c) { INSTEAD } else { c }).collect()
}

fn does_something(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Sends a browser on with a GET, whatever it came with (RFC 9110, section 15.4.4).
pub(super) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => ApiError::NoSuchPath.into_response(),
    }
}

/// Compresses pages for browsers that take them so. They hold no secret that a guess beside it could be
/// told from: what protects forms is where they come from (`access/site.rs`), not a token.
pub(crate) async fn pack(request: Request, next: Next) -> Response {
    let is_wanted = takes_packed(request.headers());
    let response = next.run(request).await;
    // What comes bit by bit is not waited for.
    let is_whole = response.body().size_hint().exact().is_some();
    if !is_wanted || !is_whole || !is_plain_page(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A page is in memory already, so that reading it does not fail.
    let Ok(body) = body.collect().await else {
        return ApiError::BrokeOff { what: "page" }.into_response();
    };
    let bytes = packed(&body.to_bytes());
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

fn is_plain_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE) == Some(&MEDIA)
        && !headers.contains_key(header::CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Template)]
    #[template(source = "<p>before</p><!--middle--><p>after {{ text }}</p>", ext = "html")]
    struct Around {
        text: &'static str,
    }

    #[tokio::test]
    async fn what_stands_before_a_middle_is_sent_before_that_is_there() {
        let (tell, told) = tokio::sync::oneshot::channel::<&str>();
        let middle = async { Ok(told.await.unwrap().to_owned()) };

        let answer = page_around(&Around { text: "<b>\u{202e}" }, middle).unwrap();
        let mut body = answer.into_body();

        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first, "<p>before</p>");
        tell.send("\u{1b}middle").unwrap();
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!(rest, "\u{fffd}middle<p>after &#60;b&#62;\u{fffd}</p>".as_bytes());
    }

    #[test]
    fn what_turns_the_direction_of_reading_is_shown_as_a_mark() {
        assert_eq!(clean("a\u{202e}gnp\u{1b}[31m\r\n\tb"), "a\u{fffd}gnp\u{fffd}[31m\u{fffd}\n\tb");
        assert!(matches!(clean("Café Größe 東京 שלום"), Cow::Borrowed(_)));
    }
}
