//! A name for each request, to find it again in every log.

use std::sync::atomic::{AtomicU64, Ordering};

use berth_domain::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ones are not names.
const MAX_LEN: usize = 64;

/// Makes ids: the moment at which the edge opened, and a number.
#[derive(Debug)]
pub(crate) struct RequestIds {
    opened: i64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(opened: Timestamp) -> Self {
        Self { opened: opened.as_microsecond(), next: AtomicU64::new(1) }
    }

    /// Returns the id that the request came with, if it is one, or a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(REQUEST_ID) {
            Some(given) if is_valid(given.as_bytes()) => given.clone(),
            _ => self.make(),
        }
    }

    fn make(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:x}-{number:x}", self.opened);
        HeaderValue::try_from(text).expect("hexadecimal digits are a header value")
    }
}

fn is_valid(id: &[u8]) -> bool {
    (1..=MAX_LEN).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_id_stays_and_any_other_is_replaced() {
        let ids = RequestIds::new(Timestamp::from_microsecond(0xabc).unwrap());
        let mut headers = HeaderMap::new();
        assert_eq!(ids.of(&headers), "abc-1");

        headers.insert(REQUEST_ID, HeaderValue::from_static("trace_7.A-1"));
        assert_eq!(ids.of(&headers), "trace_7.A-1");

        for bad in ["", "a b", "<b>", "\"", &"a".repeat(65)] {
            headers.insert(REQUEST_ID, HeaderValue::from_str(bad).unwrap());
            assert!(ids.of(&headers).to_str().unwrap().starts_with("abc-"), "{bad}");
        }
    }
}
