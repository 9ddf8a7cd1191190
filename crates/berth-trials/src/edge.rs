//! What visitors of tenants send.

use std::net::{IpAddr, Ipv4Addr};

use berth_domain::IpRange;
use berth_edge::reading;
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::Value;

/// A visitor whom nobody trusts.
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));
/// As many lines as the edge reads.
const MOST_LINES: usize = 128;

/// A head, beside the parser that the edge serves with.
pub(crate) fn head(bytes: &[u8]) -> bool {
    let ours = reading::head(bytes);
    let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
    let mut request = httparse::Request::new(&mut lines);
    let Ok(httparse::Status::Complete(len)) = request.parse(bytes) else { return false };
    let ours = ours.expect("what is complete for the parser is complete");
    assert_eq!(ours.len, len, "the head ends where the parser says");
    if ours.is_doubtful {
        return false;
    }
    let count = |name: &str| {
        request.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name)).count()
    };
    let (lengths, encodings) = (count("content-length"), count("transfer-encoding"));
    assert!(count("host") <= 1 && lengths + encodings <= 1, "one host, one framing");
    let Some((method, uri, headers)) = parts(&request) else { return false };
    prepared(&method, &uri, headers)
}

fn parts(request: &httparse::Request<'_, '_>) -> Option<(Method, Uri, HeaderMap)> {
    let method = Method::from_bytes(request.method?.as_bytes()).ok()?;
    let uri = Uri::try_from(request.path?).ok()?;
    let mut headers = HeaderMap::new();
    for line in &*request.headers {
        let name = HeaderName::from_bytes(line.name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_bytes(line.value).ok()?);
    }
    Some((method, uri, headers))
}

/// Whether a tenant sees it, and then: nothing that only a proxy may say, and one host.
fn prepared(method: &Method, uri: &Uri, mut headers: HeaderMap) -> bool {
    let Some((host, _)) = reading::addressee(method, uri, &headers) else {
        assert!(reading::prepare(PEER, method, uri, &mut headers).is_none());
        return false;
    };
    let websocket = reading::prepare(PEER, method, uri, &mut headers).expect("it has an addressee");
    let values = |name: &str| -> Vec<&[u8]> {
        headers.get_all(name).iter().map(HeaderValue::as_bytes).collect()
    };
    let hosts = values(HOST.as_str());
    assert_eq!(hosts.len(), 1);
    assert!(hosts[0].starts_with(host.as_str().as_bytes()));
    assert_eq!(values("x-forwarded-for"), [PEER.to_string().as_bytes()]);
    assert_eq!(values("x-forwarded-host"), hosts);
    assert_eq!(values("x-forwarded-proto"), [b"http"]);
    for name in headers.keys().map(HeaderName::as_str) {
        let ours = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"].contains(&name);
        let prefixes = ["x-forwarded-", "x-berth-", "x-odoo-"];
        let claims = name == "x-forwarded" || prefixes.iter().any(|it| name.starts_with(it));
        assert!(ours || !claims, "{name}");
        assert!(!name.contains('_'), "{name}");
        let of_one_connection = ["transfer-encoding", "te", "trailer", "keep-alive", "forwarded"];
        assert!(!of_one_connection.contains(&name), "{name}");
    }
    assert!(websocket || values("upgrade").is_empty());
    true
}

/// A path, beside what Odoo would make of it.
pub(crate) fn path(bytes: &[u8]) -> bool {
    let Some(path) = crate::text(bytes) else { return false };
    let is_closed = reading::is_closed(path);
    assert!(is_closed || !opens_manager(path), "{path:?} leads to the database manager");
    is_closed
}

/// As werkzeug reads a path: decoded once, slashes merged; a language may stand in front.
fn opens_manager(path: &str) -> bool {
    let decoded = decoded(path.as_bytes());
    let segments: Vec<&[u8]> =
        decoded.split(|byte| *byte == b'/').filter(|segment| !segment.is_empty()).collect();
    let is = |at: usize, word: &str| segments.get(at).is_some_and(|it| *it == word.as_bytes());
    (0..=1).any(|at| {
        (is(at, "web") && is(at + 1, "database")) || (is(at, "xmlrpc") && is(at + 1, "db"))
    })
}

fn decoded(path: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut at = 0;
    while at < path.len() {
        let pair = path.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let is_hex = |pair: &&str| pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = pair.filter(is_hex).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let byte = byte.filter(|_| path[at] == b'%');
        decoded.push(byte.unwrap_or(path[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    decoded
}

/// A body of JSON-RPC, beside a reader that knows the whole document.
pub(crate) fn rpc(bytes: &[u8]) -> bool {
    let ours = reading::names_database_service(bytes);
    let whole: Option<Value> = serde_json::from_slice(bytes).ok();
    let named = whole.as_ref().is_some_and(names_service);
    assert!(!named || ours == Some(true), "the database service is called");
    ours.is_some()
}

fn names_service(call: &Value) -> bool {
    match call {
        Value::Array(calls) => calls.iter().any(names_service),
        call => call["params"]["service"] == "db",
    }
}

/// Who says whom they speak for, and what language they read.
pub(crate) fn visitor(bytes: &[u8]) -> bool {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(value) = HeaderValue::from_bytes(line) else { return false };
        headers.append("x-forwarded-for", value);
    }
    assert_eq!(reading::visitor(PEER, &headers, &[]), PEER, "nobody is believed unless trusted");
    let trusted: Vec<IpRange> = ["203.0.113.0/24", "10.0.0.0/8"]
        .into_iter()
        .map(|range| range.parse().expect("a range"))
        .collect();
    let believed = reading::visitor(PEER, &headers, &trusted);
    assert_eq!(believed, believed.to_canonical());
    let speaks = headers.get("x-forwarded-for").is_some_and(reading::speaks);
    believed != PEER || speaks
}
