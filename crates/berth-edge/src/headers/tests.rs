use super::*;

fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_str(value).unwrap());
    }
    headers
}

fn texts(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

fn sent_to_tenant(lines: &[(&str, &str)]) -> Vec<String> {
    let mut headers = headers(lines);
    let target = Target { host: "acme.localhost".parse().unwrap(), port: Some(8069) };
    let visitor = Visitor { address: "198.51.100.7".parse().unwrap(), https: true };
    to_tenant(&mut headers, &target, visitor, &HeaderValue::from_static("id-1"), false);
    texts(&headers)
}

const OURS: [&str; 6] = [
    "host: acme.localhost:8069",
    "x-forwarded-for: 198.51.100.7",
    "x-forwarded-host: acme.localhost:8069",
    "x-forwarded-proto: https",
    "x-real-ip: 198.51.100.7",
    "x-request-id: id-1",
];

#[test]
fn nothing_that_a_proxy_is_believed_passes_from_a_visitor() {
    let forged = [
        ("host", "ACME.localhost:8069"),
        ("x-forwarded-for", "1.1.1.1"),
        ("x-forwarded-for", "2.2.2.2"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-prefix", "/x"),
        ("x-forwarded-port", "1"),
        ("x_forwarded_for", "1.1.1.1"),
        ("forwarded", "for=1.1.1.1"),
        ("x-real-ip", "1.1.1.1"),
        ("x-odoo-dbfilter", ".*"),
        ("x-odoo-database", "other"),
        ("x-berth-probe", "0000"),
        ("x-original-url", "/web/database"),
        ("x-request-id", "spoofed"),
        ("remote_user", "admin"),
        ("proxy", "http://evil.example"),
        ("expect", "100-continue"),
    ];

    assert_eq!(sent_to_tenant(&forged), OURS);
}

#[test]
fn no_name_with_an_underscore_passes_whatever_it_begins_with() {
    for letter in 'a'..='z' {
        let (name, other) = (format!("{letter}_name"), format!("{letter}name_"));

        assert_eq!(sent_to_tenant(&[(&name, "1"), (&other, "1")]), OURS, "{name}");
    }
}

#[test]
fn headers_of_the_connection_end_here_and_all_others_pass() {
    let lines = [
        ("connection", "keep-alive, X-Mine, Content-Length"),
        ("connection", "host, x-forwarded-for"),
        ("keep-alive", "timeout=5"),
        ("te", "trailers"),
        ("trailer", "x"),
        ("upgrade", "h2c"),
        ("http2-settings", "AAMAAABkAARAAAAAAAIAAAAA"),
        ("proxy-connection", "keep-alive"),
        ("x-mine", "1"),
        ("content-length", "3"),
        ("cookie", "session_id=1"),
        ("authorization", "Basic eA=="),
        ("x-requested-with", "XMLHttpRequest"),
    ];
    let mut expected: Vec<String> = OURS.map(str::to_owned).to_vec();
    for line in [
        "authorization: Basic eA==",
        "content-length: 3",
        "cookie: session_id=1",
        "x-requested-with: XMLHttpRequest",
    ] {
        expected.push(line.to_owned());
    }
    expected.sort();

    assert_eq!(sent_to_tenant(&lines), expected);
}

#[test]
fn an_answer_loses_what_concerns_only_our_connection() {
    let mut answer = headers(&[
        ("connection", "close, x-internal"),
        ("x-internal", "1"),
        ("transfer-encoding", "chunked"),
        ("server", "Werkzeug/3.0.1 Python/3.12.3"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("content-encoding", "gzip"),
        ("x-request-id", "theirs"),
    ]);
    to_visitor(&mut answer, &HeaderValue::from_static("id-1"), false);

    assert_eq!(
        texts(&answer),
        ["content-encoding: gzip", "set-cookie: a=1", "set-cookie: b=2", "x-request-id: id-1"]
    );
}

#[test]
fn only_a_real_websocket_request_is_one() {
    let good = [("upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade")];
    assert!(asks_for_websocket(&Method::GET, Version::HTTP_11, &headers(&good)));

    assert!(!asks_for_websocket(&Method::POST, Version::HTTP_11, &headers(&good)));
    assert!(!asks_for_websocket(&Method::GET, Version::HTTP_10, &headers(&good)));
    for extra in [("upgrade", "h2c"), ("content-length", "5"), ("transfer-encoding", "chunked")] {
        let lines = [good[0], good[1], extra];
        assert!(!asks_for_websocket(&Method::GET, Version::HTTP_11, &headers(&lines)), "{extra:?}");
    }
    let without_connection = [("upgrade", "websocket"), ("connection", "keep-alive")];
    assert!(!asks_for_websocket(&Method::GET, Version::HTTP_11, &headers(&without_connection)));
}
