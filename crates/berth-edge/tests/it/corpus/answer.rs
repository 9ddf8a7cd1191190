//! What a visitor receives, read by the letter.

use super::escape::escape;
use crate::talk::{field, find};

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: Vec<u8>,
    /// Whether it ended before it was complete.
    is_cut: bool,
}

impl Answer {
    /// What of it is shown where a tenant answers as it likes.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for name in ["content-length", "transfer-encoding"] {
            lines.extend(field(&self.head, name).map(|value| format!("got: {name}: {value}")));
        }
        // A page of the edge is shown by its status.
        if self.status < 500 && !self.body.is_empty() {
            lines.push(format!("got: | {}", escape(&self.body)));
        } else if self.status >= 500 {
            lines.clear();
        }
        if self.is_cut {
            lines.push("got: a part".to_owned());
        }
        lines
    }
}

/// Reads all answers. `is_head` says that the first one is to a `HEAD`.
pub(super) fn read(received: &[u8], is_head: bool) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut rest = received;
    while let Some(end) = find(rest, b"\r\n\r\n") {
        let head = std::str::from_utf8(&rest[..end + 4]).expect("a head is text").to_owned();
        rest = &rest[end + 4..];
        assert!(head.starts_with("HTTP/1."), "an answer begins here: {head:?}");
        let status: u16 = head[9..12].parse().expect("a status is a number");
        let bodyless = status < 200 || [204, 304].contains(&status);
        let length = field(&head, "content-length");
        let (body, left) = if bodyless || (is_head && answers.is_empty()) {
            (Some(Vec::new()), rest)
        } else if field(&head, "transfer-encoding").as_deref() == Some("chunked") {
            assert_eq!(length, None, "a length beside an encoding: {head}");
            chunks(rest).map_or((None, &rest[rest.len()..]), |(body, left)| (Some(body), left))
        } else if let Some(length) = length {
            let length: usize = length.parse().expect("one length");
            let split = rest.split_at_checked(length);
            split.map_or((None, &rest[rest.len()..]), |(body, left)| (Some(body.to_vec()), left))
        } else {
            (Some(rest.to_vec()), &rest[rest.len()..])
        };
        let is_cut = body.is_none();
        answers.push(Answer { status, head, body: body.unwrap_or_default(), is_cut });
        rest = left;
    }
    assert!(rest.is_empty(), "behind the last answer: {}", escape(rest));
    answers
}

/// Reads a chunked body without extensions and trailers. `None` if it is not whole.
pub(super) fn chunks(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    let mut rest = bytes;
    loop {
        let end = find(rest, b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).expect("the size of a chunk is text");
        let size = usize::from_str_radix(size, 16).expect("the size of a chunk and nothing else");
        let chunk = rest[end + 2..].get(..size)?;
        body.extend_from_slice(chunk);
        rest = rest[end + 2 + size..].strip_prefix(b"\r\n")?;
        if size == 0 {
            return Some((body, rest));
        }
    }
}
