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
    /// What all of them begin with.
    opened: String,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(opened: Timestamp) -> Self {
        Self { opened: format!("{:x}-", opened.as_microsecond()), next: AtomicU64::new(1) }
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
        let mut text = Vec::with_capacity(self.opened.len() + 16);
        text.extend_from_slice(self.opened.as_bytes());
        push_hex(&mut text, number);
        HeaderValue::try_from(text).expect("hexadecimal digits are a header value")
    }
}

/// Every request has one, and the machinery of `format!` would be a part of its price.
fn push_hex(text: &mut Vec<u8>, number: u64) {
    let digits = (u64::BITS - number.leading_zeros()).div_ceil(4).max(1);
    let digit = |at: u32| usize::try_from((number >> (4 * at)) & 15).unwrap_or_default();
    text.extend((0..digits).rev().map(|at| b"0123456789abcdef"[digit(at)]));
}

fn is_valid(id: &[u8]) -> bool {
    (1..=MAX_LEN).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_anybody_writes_them() {
        for number in [0, 1, 15, 16, 0x1f0, u64::MAX] {
            let mut text = Vec::new();
            push_hex(&mut text, number);
            assert_eq!(text, format!("{number:x}").into_bytes());
        }
    }

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
