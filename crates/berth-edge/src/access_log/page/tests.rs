use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderValue, Method};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Route, RouteState};

fn written(write: impl Fn(&mut Page)) -> String {
    let mut page = Page::default();
    write(&mut page);
    let mut text = Vec::new();
    page.exchange(&mut text);
    String::from_utf8(text).unwrap()
}

fn route() -> Route {
    Route {
        host: "acme.localhost".parse().unwrap(),
        tenant: format!("tnt_{:032x}", 7).parse().unwrap(),
        name: "acme".parse().unwrap(),
        database: "t_0000000007".parse().unwrap(),
        state: RouteState::Open,
        upstream: None,
        language: None,
    }
}

/// What any reader of JSON is to find in the line of an entry.
fn meant(entry: &LogEntry) -> Value {
    let route = entry.route.as_deref();
    let sent = entry.host.as_ref().and_then(|host| host.to_str().ok());
    let mut line = json!({
        "time": entry.time.to_string(),
        "request_id": entry.request_id.to_str().unwrap_or_default(),
        "visitor": entry.visitor.to_string(),
        "method": entry.method.as_str(),
        "host": route.map(|route| route.host.as_str()).or(sent),
        "path": entry.target.as_ref().map(PathAndQuery::path),
        "status": entry.status,
        "bytes_in": entry.bytes_in,
        "bytes_out": entry.bytes_out,
        "duration_us": entry.duration_us,
    });
    if let Some(time) = entry.upstream_us {
        line["upstream_us"] = json!(time);
    }
    if let Some(route) = route {
        line["tenant"] = json!(route.name.as_str());
        line["tenant_id"] = json!(route.tenant.to_string());
        line["database"] = json!(route.database.as_str());
    }
    if entry.websocket {
        line["websocket"] = json!(true);
    }
    line
}

/// Any header value: whatever may stand in one, the bytes that are no ASCII included.
fn value() -> impl Strategy<Value = HeaderValue> {
    let bytes = prop_oneof![Just(b'"'), Just(b'\\'), Just(b'\t'), 32..=126_u8, 128..=255_u8];
    prop::collection::vec(bytes, 0..40)
        .prop_map(|bytes| HeaderValue::from_bytes(&bytes).expect("such bytes are a value"))
}

/// Any path that the parser lets through.
fn path() -> impl Strategy<Value = Option<PathAndQuery>> {
    let bytes = prop_oneof![Just(b'"'), Just(b'\\'), Just(b'?'), 0..=255_u8];
    let any = prop::collection::vec(bytes, 0..20);
    let text = "/[\u{20}-\u{ff}\u{2028}\u{1f600}]{0,20}".prop_map(String::into_bytes);
    prop_oneof![any, text].prop_map(|path| PathAndQuery::try_from(path).ok())
}

/// Any method that the parser lets through.
fn method() -> impl Strategy<Value = Method> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}".prop_map(|name| Method::from_bytes(name.as_bytes()).unwrap())
}

fn entry() -> impl Strategy<Value = LogEntry> {
    let texts = (value(), prop::option::of(value()), path(), method());
    let numbers = (any::<[u64; 3]>(), prop::option::of(any::<u64>()), 100..=999_u16);
    let others = (any::<IpAddr>(), 0..=4_000_000_000_000_000_i64, any::<[bool; 2]>());
    (texts, numbers, others).prop_map(|(texts, numbers, others)| LogEntry {
        time: Timestamp::from_microsecond(others.1).unwrap(),
        request_id: texts.0,
        visitor: others.0,
        method: texts.3,
        host: texts.1,
        target: texts.2,
        route: others.2[0].then(|| Arc::new(route())),
        status: numbers.2,
        bytes_in: numbers.0[0],
        bytes_out: numbers.0[1],
        duration_us: numbers.0[2],
        upstream_us: numbers.1,
        websocket: others.2[1],
    })
}

proptest! {
    #[test]
    fn whatever_visitors_send_a_line_is_the_json_that_was_meant(
        entries in prop::collection::vec(entry(), 1..4)
    ) {
        let text = written(|page| entries.iter().for_each(|entry| page.push_line(entry)));

        prop_assert!(text.ends_with('\n'));
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(lines, entries.iter().map(meant).collect::<Vec<_>>());
    }
}

#[test]
fn no_text_ends_its_string() {
    for text in ["", "/web", "\"", "\\", "a\"b\\c\n\0\u{1f}\u{7f}", "\u{e4}\u{2028}"] {
        let line = written(|page| page.push_text(Some(text)));
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
    assert_eq!(written(|page| page.push_text(None)), "null");
}

#[test]
fn numbers_and_times_are_those_that_everybody_writes() {
    for number in [0, 9, 10, 12_345, u64::MAX] {
        assert_eq!(written(|page| page.push_number(number)), number.to_string());
    }
    let times: Vec<Timestamp> = [0, 1, 999_999, 1_500_000, 1_500_010, 1_795_000_000_123_456]
        .map(|micros| Timestamp::from_microsecond(micros).unwrap())
        .to_vec();
    let text = written(|page| times.iter().for_each(|time| page.push_time(*time)));
    assert_eq!(text, times.iter().map(Timestamp::to_string).collect::<String>());
}
