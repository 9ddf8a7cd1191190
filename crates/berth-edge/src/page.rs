//! What a visitor gets when a request does not reach a tenant.
//!
//! # Invariants
//!
//! * A page brings everything along and runs nothing: no script, no font, no picture from elsewhere,
//!   and a policy that would forbid them.
//! * Nothing that a visitor sent stands in it unescaped. Host and request id are checked values, and
//!   are escaped all the same.
//! * A page is never kept by a cache.

mod language;
mod login;
mod refusal;
mod words;

use berth_domain::{HostName, Language};
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CACHE_CONTROL, CONNECTION, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::json;

use crate::request_id::REQUEST_ID;
pub(crate) use refusal::Refusal;

pub(crate) use language::PageLanguage;
pub(crate) use login::{LoginPage, login};
use refusal::Mark;
use words::{Words, reference, words};

const STYLE: &str = include_str!("page/visitor.css");
/// The style is named by its hash, so that not even an injected one would apply.
const POLICY: &str = "default-src 'none'; style-src 'sha256-hbiGzkBukS3zD670nojLeJBRIdj7FqwyrdrpHnEbq3Y='; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// How a visitor wants to be told, taken from a request before it is consumed. It is read only if
/// there is something to tell.
#[derive(Debug)]
pub(crate) struct Manner {
    accept: Option<HeaderValue>,
    language: Option<HeaderValue>,
    is_script: bool,
}

impl Manner {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self {
            accept: headers.get(ACCEPT).cloned(),
            language: headers.get(ACCEPT_LANGUAGE).cloned(),
            is_script: headers.contains_key(REQUESTED_WITH),
        }
    }

    fn wants_json(&self) -> bool {
        let accept = self.accept.as_ref().and_then(|accept| accept.to_str().ok());
        self.is_script || accept.is_some_and(|a| a.contains("/json") || a.contains("+json"))
    }

    /// Chooses the tenant's language, else the one the browser likes best, else English.
    fn language(&self, tenant: Option<&Language>) -> PageLanguage {
        let of_tenant = tenant.and_then(|language| PageLanguage::of_tag(language.as_str()));
        let of_browser = || self.language.as_ref().and_then(PageLanguage::of_browser);
        of_tenant.or_else(of_browser).unwrap_or(PageLanguage::English)
    }
}

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) host: Option<&'a HostName>,
    pub(crate) language: Option<&'a Language>,
    pub(crate) request_id: &'a HeaderValue,
}

/// Makes the answer to a request that does not reach a tenant.
pub(crate) fn render(refusal: Refusal, manner: &Manner, about: About<'_>) -> Response<Bytes> {
    let language = manner.language(about.language);
    let as_json = manner.wants_json();
    let body =
        if as_json { problem(refusal, language, about) } else { html(refusal, language, about) };
    let mut response = respond(body, (language, POLICY), about);
    *response.status_mut() = refusal.status();
    let headers = response.headers_mut();
    if as_json {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    if let Some(seconds) = refusal.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if refusal.ends_connection() {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A page that nobody keeps.
fn respond(
    body: String,
    (language, policy): (PageLanguage, &'static str),
    about: About<'_>,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, language.tag()),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(REQUEST_ID, about.request_id.clone());
    response
}

/// RFC 9457, with the member `error` that Odoo's own JSON-RPC client looks for: without it, it
/// would take the answer for a success.
fn problem(refusal: Refusal, language: PageLanguage, about: About<'_>) -> String {
    let Words { title, text } = words(language, refusal);
    let status = refusal.status().as_u16();
    json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": text,
        "code": refusal.code(),
        "request_id": about.request_id.to_str().unwrap_or_default(),
        "error": {
            "code": status,
            "message": title,
            "data": {"name": refusal.code(), "message": text, "debug": "", "arguments": []},
        },
    })
    .to_string()
}

fn html(refusal: Refusal, language: PageLanguage, about: About<'_>) -> String {
    let Words { title, text } = words(language, refusal);
    let reload = if refusal.reloads() { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    frame(language, (refusal.mark(), title, text), (reload, ""), about)
}

/// A page in the form that all of them have: `head` and `body` are what one has more than others.
fn frame(
    language: PageLanguage,
    (mark, title, text): (Mark, &str, &str),
    (head, body): (&str, &str),
    about: About<'_>,
) -> String {
    let mark = match mark {
        Mark::Moving => {
            r#"<svg class="move" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2a6 6 0 1 1-6 6"/></svg>"#
        }
        Mark::Resting => {
            r#"<svg class="rest" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/></svg>"#
        }
        Mark::Shut => {
            r#"<svg class="rest" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/><path d="M3.8 3.8l8.4 8.4"/></svg>"#
        }
        Mark::Bad => {
            r#"<svg class="bad" viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM6 6l4 4M10 6l-4 4"/></svg>"#
        }
    };
    let host = about
        .host
        .map(|host| format!("<bdi>{}</bdi> · ", escape(host.as_str())))
        .unwrap_or_default();
    let id = escape(about.request_id.to_str().unwrap_or_default());
    format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{dir}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">{head}<title>{title}</title>\
         <style>{STYLE}</style></head>\n<body><main>{mark}<h1>{title}</h1><p>{text}</p>{body}\
         <footer>{host}{reference} <code dir=\"ltr\">{id}</code></footer></main></body></html>\n",
        lang = language.tag(),
        dir = language.direction(),
        title = escape(title),
        text = escape(text),
        reference = escape(reference(language)),
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            ch => escaped.push(ch),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
