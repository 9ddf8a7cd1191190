//! What lines of the access log are written on.
//!
//! By hand: with a serializer, a line was the ninth part of what a request costs outside the kernel.
//!
//! # Invariants
//!
//! * Whatever is pushed as text, number or time is JSON: no text of a visitor ends its string.
//! * What is on a page is whole lines.

use std::fmt::Display;
use std::io::Write as _;

use berth_domain::Timestamp;
use http::uri::PathAndQuery;

use crate::record::LogEntry;

/// A page, and the second in which its last line was written.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: Vec<u8>,
    second: i64,
    /// The second as text, without what ends it. Empty before the first line.
    shown_second: String,
}

impl Page {
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes off what was written, and goes on in the memory of `text`.
    pub(super) fn exchange(&mut self, text: &mut Vec<u8>) {
        text.clear();
        std::mem::swap(&mut self.text, text);
    }

    /// Writes a line.
    pub(super) fn push_line(&mut self, entry: &LogEntry) {
        let route = entry.route.as_deref();
        let named = || entry.host.as_ref().and_then(|host| host.to_str().ok());
        self.push(b"{\"time\":\"");
        self.push_time(entry.time);
        self.push(b"\",\"request_id\":");
        self.push_text(Some(entry.request_id.to_str().unwrap_or_default()));
        self.push(b",\"visitor\":");
        self.push_shown(&entry.visitor);
        self.push(b",\"method\":");
        self.push_text(Some(entry.method.as_str()));
        self.push(b",\"host\":");
        self.push_text(route.map(|route| route.host.as_str()).or_else(named));
        self.push(b",\"path\":");
        self.push_text(entry.target.as_ref().map(PathAndQuery::path));
        for (name, number) in [
            (",\"status\":", Some(u64::from(entry.status))),
            (",\"bytes_in\":", Some(entry.bytes_in)),
            (",\"bytes_out\":", Some(entry.bytes_out)),
            (",\"duration_us\":", Some(entry.duration_us)),
            (",\"upstream_us\":", entry.upstream_us),
        ] {
            if let Some(number) = number {
                self.push(name.as_bytes());
                self.push_number(number);
            }
        }
        if let Some(route) = route {
            self.push(b",\"tenant\":");
            self.push_text(Some(route.name.as_str()));
            self.push(b",\"tenant_id\":");
            self.push_shown(&route.tenant);
            self.push(b",\"database\":");
            self.push_text(Some(route.database.as_str()));
        }
        if entry.websocket {
            self.push(b",\"websocket\":true");
        }
        self.push(b"}\n");
    }

    /// Writes what is JSON already.
    fn push(&mut self, json: &[u8]) {
        self.text.extend_from_slice(json);
    }

    /// Writes a string, or `null`.
    fn push_text(&mut self, text: Option<&str>) {
        let plain = |text: &str| text.bytes().all(|byte| !matches!(byte, 0..=31 | b'"' | b'\\'));
        match text {
            Some(text) if plain(text) => {
                self.text.push(b'"');
                self.push(text.as_bytes());
                self.text.push(b'"');
            }
            text => serde_json::to_writer(&mut self.text, &text).expect("texts have a JSON form"),
        }
    }

    /// Writes, as a string, what shows itself without quotes and backslashes.
    fn push_shown(&mut self, value: &dyn Display) {
        write!(self.text, "\"{value}\"").expect("memory takes all");
    }

    fn push_number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).expect("a digit");
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.push(&digits[at..]);
    }

    /// Writes a time in UTC with microseconds. The lines of one second share the work for it.
    fn push_time(&mut self, time: Timestamp) {
        let micros = u32::try_from(time.subsec_microsecond()).unwrap_or(0);
        if self.second != time.as_second() || self.shown_second.is_empty() {
            let second = Timestamp::from_second(time.as_second()).unwrap_or(time);
            self.shown_second = second.to_string();
            self.shown_second.pop();
            self.second = time.as_second();
        }
        self.text.extend_from_slice(self.shown_second.as_bytes());
        if micros > 0 {
            let digit = |place: u32| b'0' + u8::try_from(micros / place % 10).unwrap_or(0);
            let fraction = [100_000, 10_000, 1_000, 100, 10, 1].map(digit);
            let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
            self.text.push(b'.');
            self.push(&fraction[..fraction.len() - zeros]);
        }
        self.text.push(b'Z');
    }
}

#[cfg(test)]
mod tests;
