//! What clients of the API send.

use berth_engine::request::Known;
use berth_web::reading;
use http::{HeaderMap, HeaderValue, Uri, header};

/// Headers that are read: each line of the bytes is one line of each.
pub(crate) fn conditions(bytes: &[u8]) -> bool {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return false };
        for name in [header::IF_MATCH, header::AUTHORIZATION] {
            headers.append(name, value.clone());
        }
        headers.insert("idempotency-key", value.clone());
        headers.insert("last-event-id", value);
    }
    let known = reading::condition(&headers);
    if let Some(Known::OneOf(tags)) = &known {
        assert!(tags.iter().all(|tag| !tag.contains('"')), "{tags:?}");
        let mut again = HeaderMap::new();
        for tag in tags {
            let line = HeaderValue::try_from(format!("\"{tag}\""));
            again.append(header::IF_MATCH, line.expect("a tag is a header value"));
        }
        assert_eq!(reading::condition(&again).as_ref(), known.as_ref());
    }
    if let Some(Some(key)) = reading::idempotency_key(&headers) {
        assert!((1..=255).contains(&key.len()) && !key.contains(['\r', '\n', '\0']), "{key:?}");
    }
    let event = reading::last_event(&headers);
    let line = reading::last_line(&headers);
    if let Some(Some(mark)) = line {
        assert_eq!(mark.to_string().parse(), Ok(mark));
    }
    known.is_some() || event.is_some() || line.is_some() || reading::shows_token(&headers)
}

pub(crate) fn queries(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    let Ok(uri) = format!("/?{text}").parse::<Uri>() else { return false };
    reading::queries(&uri) > 0
}

pub(crate) fn bodies(bytes: &[u8]) -> bool {
    reading::bodies(bytes) > 0
}
