//! The API over TCP: who is let in, and what is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use berth_testkit::http::{Place, request, send};
use berth_web::ConsoleLimits;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::app::{App, DEADLINE, NO_OPERATION, problem};
use crate::people::claimed;
use crate::tcp::{Tcp, config, status_line};

/// Makes a token of the organisation, or of the installation, and returns its id and what it says.
async fn token(app: &App, path: &str, scope: &str) -> (String, String) {
    let made = app.call("POST", path, &json!({ "account": "ci", "scope": scope })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made.json()["token"]["id"]), text(&made.json()["secret"]))
}

const OURS: &str = "/organisations/default/tokens";

fn showing(secret: &str, method: &str, path: &str) -> Request<bytes::Bytes> {
    let mut request = request(method, path, &Value::Null);
    request.headers_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    request
}

/// Every method of every path that the API describes, with something in place of what it names.
fn routes() -> Vec<(String, String, bool)> {
    let document = berth_web::openapi();
    let mut routes = Vec::new();
    for (template, methods) in document["paths"].as_object().unwrap() {
        let path = template
            .replace("{org}", "default")
            .replace("{name}", "acme")
            .replace("{owner}", "anna")
            .replace("{provider}", "corp")
            .replace("{person}", "jo@example.com")
            .replace("{id}", NO_OPERATION);
        for (method, described) in methods.as_object().unwrap() {
            let is_open = described["x-berth-right"] == "nobody";
            routes.push((method.to_uppercase(), path.clone(), is_open));
        }
    }
    routes
}

fn text_of(method: &str, path: &str, secret: Option<&str>) -> String {
    let shown = secret.map(|secret| format!("Authorization: Bearer {secret}\r\n"));
    let shown = shown.unwrap_or_default();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{shown}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_get_as_far_as_nowhere_on_every_route_and_are_told_what_to_do() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;

    for (method, path, is_open) in routes() {
        let stream = TcpStream::connect(tcp.address).await.unwrap();
        let status = status_line(stream, &text_of(&method, &path, None)).await;
        let expected = match (is_open, method.as_str()) {
            (false, _) => 401,
            // They are let in, and there is no provider of that name.
            (true, "GET") if path.contains("/corp") => 404,
            (true, "GET") => 200,
            // They are let in, and asked for a body.
            (true, _) => 415,
        };
        assert_eq!(status, expected, "{method} {path}");
    }
    let place = Place::Address(tcp.address);
    for path in ["/api/v1/status", "/api/v1/nothing"] {
        let told = send(&place, request("GET", path, &Value::Null), DEADLINE).await.unwrap();
        let hint = problem(&told).hint.unwrap();
        assert_eq!(told.status, 401, "{path}");
        assert!(hint.contains("berth token create"), "{hint}");
        assert_eq!(told.header("www-authenticate"), Some("Bearer realm=\"berth\""));
    }
    for (path, door) in [("/", "/sign-in"), ("/nothing", "/sign-in?to=%2Fnothing")] {
        let told = send(&place, request("GET", path, &Value::Null), DEADLINE).await.unwrap();
        assert_eq!((told.status, told.header("location")), (303, Some(door)), "{path}");
    }
    let written = app.call("GET", "/audit", &Value::Null).await.json();
    assert_eq!(written["items"], json!([]), "whoever is nobody is not written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn until_somebody_claimed_the_installation_only_that_can_be_done_over_tcp() {
    const TENANTS: &str = "/api/v1/organisations/default/tenants";
    let app = App::start().await;
    let tcp = Tcp::unclaimed(&app, |_| {}).await;
    let place = Place::Address(tcp.address);
    let secret = token(&app, OURS, "read").await.1;
    let status = async |method: &str, path: &str| {
        send(&place, showing(&secret, method, path), DEADLINE).await.unwrap()
    };

    for (path, expected) in [
        ("/api/v1/health", 200),
        ("/claim", 200),
        ("/", 303),
        (TENANTS, 401),
        ("/api/v1/metrics", 401),
        ("/api/v1/sign-in/providers", 401),
        ("/api/v1/sign-in/providers/corp", 401),
        ("/api/v1/sign-in/providers/corp/callback", 401),
        ("/join", 303),
        ("/organisations/default/tenants", 303),
    ] {
        assert_eq!(status("GET", path).await.status, expected, "{path}");
    }
    assert_eq!(status("POST", "/api/v1/sign-in").await.status, 401);
    assert_eq!(status("GET", "/sign-in").await.header("location"), Some("/claim"));
    let told = problem(&status("GET", TENANTS).await);
    assert!(told.hint.unwrap().contains("berth setup-token"));

    claimed(&app).await;

    assert_eq!(status("GET", TENANTS).await.status, 200);
    assert_eq!(status("GET", "/api/v1/sign-in/providers").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_the_same_rights_over_tcp_as_on_the_socket_on_every_route() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;
    let mut secrets = Vec::new();
    for (path, scope) in [
        (OURS, "viewer"),
        (OURS, "logs,exec,export"),
        (OURS, "psql,secrets"),
        ("/tokens", "metrics"),
        ("/tokens", "read"),
    ] {
        secrets.push((scope, token(&app, path, scope).await.1));
    }

    let mut counts = BTreeMap::new();
    for (method, path, _) in routes() {
        for (scope, secret) in &secrets {
            let text = text_of(&method, &path, Some(secret));
            let local = UnixStream::connect(app.socket()).await.unwrap();
            let local = status_line(local, &text).await;
            let remote = TcpStream::connect(tcp.address).await.unwrap();
            let remote = status_line(remote, &text).await;

            assert_eq!(remote, local, "{scope}: {method} {path}");
            *counts.entry(remote == 403).or_insert(0) += 1;
        }
    }
    assert!(counts[&true] > 100 && counts[&false] > 30, "{counts:?}");
}

#[tokio::test]
async fn what_was_revoked_or_is_nothing_is_good_for_nothing() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;
    let place = Place::Address(tcp.address);
    let (id, secret) = token(&app, OURS, "read").await;
    let path = "/api/v1/organisations/default/tenants";
    let ask = async |secret: &str| {
        send(&place, showing(secret, "GET", path), DEADLINE).await.unwrap().status
    };

    assert_eq!(ask(&secret).await, 200);
    assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);
    assert_eq!(ask(&secret).await, 401);
    assert_eq!(ask("").await, 401);
    assert_eq!(ask("berth_0").await, 401);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_a_good_token_is_not() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;
    let place = Place::Address(tcp.address);
    let (_, secret) = token(&app, OURS, "read").await;
    let path = "/api/v1/organisations/default/tenants";

    let mut last = None;
    for guess in 0..60 {
        let guess = showing(&format!("berth_{guess}"), "GET", path);
        last = Some(send(&place, guess, DEADLINE).await.unwrap());
    }

    let last = last.unwrap();
    assert_eq!(problem(&last).status, 429, "{}", last.text());
    assert!(last.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    let good = send(&place, showing(&secret, "GET", path), DEADLINE).await.unwrap();
    assert_eq!(good.status, 200);
}

#[tokio::test]
async fn the_audit_says_from_which_address_something_was_asked_for() {
    let app = App::start().await;
    let believed = Tcp::with(&app, |config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let tcp = Tcp::start(&app).await;
    let (_, secret) = token(&app, OURS, "read").await;
    let path = "/api/v1/organisations/default/quotas/anna";

    for place in [tcp.address, believed.address] {
        let mut denied = showing(&secret, "PUT", path);
        denied.headers_mut().insert("x-forwarded-for", "192.0.2.77".parse().unwrap());
        let denied = send(&Place::Address(place), denied, DEADLINE).await.unwrap();
        assert_eq!(denied.status, 403);
    }

    let written = app.ours("GET", "/audit?outcome=denied", &Value::Null).await.json();
    let from = |at: usize| {
        let entry = &written["items"][at];
        (entry["via"].as_str().unwrap().to_owned(), entry["address"].as_str().unwrap().to_owned())
    };
    assert_eq!(from(0), ("tcp".to_owned(), "192.0.2.77".to_owned()));
    assert_eq!(from(1), ("tcp".to_owned(), "127.0.0.1".to_owned()));
}

#[tokio::test]
async fn every_answer_is_sealed_and_no_other_origin_is_let_in() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;
    let place = Place::Address(tcp.address);

    for path in ["/api/v1/health", "/api/v1/status", "/nothing"] {
        let mut asked = request("GET", path, &Value::Null);
        asked.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
        let answer = send(&place, asked, DEADLINE).await.unwrap();

        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!answer.headers.keys().any(|name| name.as_str().contains("allow-origin")));
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    let preflight = request("OPTIONS", "/api/v1/status", &Value::Null);
    assert!(send(&place, preflight, DEADLINE).await.unwrap().status >= 400);
}

#[tokio::test]
async fn a_name_of_somebody_else_is_refused() {
    let app = App::start().await;
    let tcp = Tcp::with(&app, |config| {
        config.names = vec!["berth.example.com".parse().unwrap()];
    })
    .await;
    let place = Place::Address(tcp.address);

    for (host, status) in [
        ("berth.example.com", 200),
        ("127.0.0.1:8070", 200),
        ("evil.example", 421),
        ("berth.example.com.evil.example", 421),
    ] {
        let mut asked = request("GET", "/api/v1/health", &Value::Null);
        asked.headers_mut().insert("host", host.parse().unwrap());
        let answer = send(&place, asked, DEADLINE).await.unwrap();
        assert_eq!(answer.status, status, "{host}");
    }
}

/// Everything that is answered to these bytes until the connection ends.
async fn answers(tcp: &Tcp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(tcp.address).await.unwrap();
    // What is refused early need not be read to its end.
    let _ = stream.write_all(bytes).await;
    let mut answered = Vec::new();
    let reading = async {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut chunk).await {
            answered.extend_from_slice(&chunk[..count]);
        }
    };
    tokio::time::timeout(DEADLINE, reading).await.expect("the connection stays open");
    String::from_utf8_lossy(&answered).into_owned()
}

#[tokio::test]
async fn no_second_request_is_smuggled_in() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;
    let hidden = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX-Hidden: yes\r\n\r\n";
    let head = "POST /api/v1/setup-token HTTP/1.1\r\nHost: localhost\r\n";
    let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());

    for (name, request) in [
        (
            "CL.TE",
            format!(
                "{head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ),
        (
            "TE.CL",
            format!("{head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{chunk}{hidden}"),
        ),
        (
            "TE.TE",
            format!(
                "{head}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ),
        ("x-TE", format!("{head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}")),
        ("CL.CL", format!("{head}Content-Length: 0\r\nContent-Length: 5\r\n\r\n{hidden}")),
        ("CL+", format!("{head}Content-Length: +0\r\n\r\n{hidden}")),
        ("space", format!("{head}Content-Length : 0\r\n\r\n{hidden}")),
        ("fold", format!("{head}Content-Length: 0\r\n Transfer-Encoding: chunked\r\n\r\n{hidden}")),
    ] {
        let answered = answers(&tcp, request.as_bytes()).await;

        assert_eq!(answered.matches("HTTP/1.1 ").count(), 1, "{name}: {answered}");
        assert!(!answered.contains("HTTP/1.1 200"), "{name}: {answered}");
    }
}

#[tokio::test]
async fn older_http_and_doubtful_hosts_are_refused() {
    let app = App::start().await;
    let tcp = Tcp::start(&app).await;

    for request in [
        "GET /api/v1/health HTTP/1.0\r\n\r\n",
        "GET /api/v1/health HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
        "GET /api/v1/health HTTP/1.1\r\n\r\n",
        "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET http://evil.example/api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /api/v1/health\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answered = answers(&tcp, request.as_bytes()).await;

        assert!(!answered.contains(" 200 "), "{request:?}: {answered}");
    }
}

#[tokio::test]
async fn heads_have_a_size_and_a_time() {
    let app = App::start().await;
    let tcp = Tcp::with(&app, |config| {
        config.limits.head = std::time::Duration::from_millis(300);
    })
    .await;
    let head = "GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n";

    let large = format!("{head}X-A: {}\r\n\r\n", "a".repeat(100_000));
    let large = answers(&tcp, large.as_bytes()).await;
    assert!(large.contains("HTTP/1.1 431"), "{large}");
    let many = answers(&tcp, format!("{head}{}\r\n", "X-A: a\r\n".repeat(100)).as_bytes()).await;
    assert!(many.contains("HTTP/1.1 431"), "{many}");
    // Both end without anybody doing anything.
    assert!(!answers(&tcp, head.as_bytes()).await.contains(" 200 "));
    assert_eq!(answers(&tcp, b"").await, "");
    let idle = answers(&tcp, format!("{head}\r\n").as_bytes()).await;
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
}

#[tokio::test]
async fn a_body_that_pauses_for_too_long_is_given_up() {
    let app = App::start().await;
    let tcp = Tcp::with(&app, |config| {
        config.limits.pause = std::time::Duration::from_millis(300);
    })
    .await;
    let (_, secret) = token(&app, OURS, "operate").await;
    let head = format!(
        "POST /api/v1/organisations/default/tenants HTTP/1.1\r\nHost: localhost\r\nAuthorization: \
         Bearer {secret}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );

    let answered = answers(&tcp, head.as_bytes()).await;

    assert!(answered.starts_with("HTTP/1.1 400"), "{answered}");
    assert!(answered.contains("the body broke off"), "{answered}");
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_gets_its_places_back() {
    let app = App::start().await;
    let tcp = Tcp::with(&app, |config| {
        config.limits = ConsoleLimits { connections_per_address: 2, ..config.limits };
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(tcp.address).await.unwrap();
        stream.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
        open.push(stream);
    }

    assert!(answers(&tcp, b"").await.starts_with("HTTP/1.1 503"));
    open.clear();

    let place = Place::Address(tcp.address);
    berth_testkit::wait::until(DEADLINE, async || {
        let asked = request("GET", "/api/v1/health", &Value::Null);
        send(&place, asked, DEADLINE).await.is_ok_and(|answer| answer.status == 200)
    })
    .await;
}

#[tokio::test]
async fn a_websocket_keeps_its_place_until_it_is_over() {
    let app = App::start().await;
    let tcp = Tcp::with(&app, |config| config.limits.connections_per_address = 1).await;
    let (id, secret) = token(&app, OURS, "exec").await;
    let url = format!("ws://{}/api/v1/organisations/default/tenants/acme/exec", tcp.address);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    let stream = TcpStream::connect(tcp.address).await.unwrap();

    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();

    assert!(answers(&tcp, b"").await.starts_with("HTTP/1.1 503"), "its place was free");
    let start = json!({ "run": "shell" }).to_string();
    socket.send(Message::text(start)).await.unwrap();
    let word = socket.next().await.unwrap().unwrap();
    assert!(word.to_text().unwrap().contains("problem"), "{word:?}");
    drop(socket);
    assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);
    berth_testkit::wait::until(DEADLINE, async || {
        let place = Place::Address(tcp.address);
        let asked = showing(&secret, "GET", "/api/v1/organisations/default/tenants");
        send(&place, asked, DEADLINE).await.is_ok_and(|answer| answer.status == 401)
    })
    .await;
}

#[tokio::test]
async fn a_stop_lets_go_of_whoever_is_idle() {
    let app = App::start().await;
    let mut tcp = Tcp::start(&app).await;
    let mut idle = TcpStream::connect(tcp.address).await.unwrap();
    idle.write_all(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert_ne!(idle.read(&mut [0; 4096]).await.unwrap(), 0);

    tcp.stop.cancel();

    tokio::time::timeout(DEADLINE, tcp.server.join_next()).await.unwrap().unwrap().unwrap();
    assert_eq!(idle.read(&mut [0; 4096]).await.unwrap(), 0);
    assert!(TcpStream::connect(tcp.address).await.is_err());
}

#[tokio::test]
async fn tls_has_the_newest_certificate_and_speaks_nothing_else() {
    let app = App::start().await;
    let folder = tempfile::tempdir().unwrap();
    let files = crate::tcp::certificate(folder.path(), "one");
    let tcp = Tcp::with(&app, |config| config.tls = Some(files)).await;
    let get = text_of("GET", "/api/v1/health", None);

    let (answer, first) = crate::tcp::over_tls(&tcp, &get).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(!answers(&tcp, get.as_bytes()).await.contains("HTTP/1.1 200"));
    assert!(!answers(&tcp, b"\x16\x03\x01\x00\x05hello").await.contains("HTTP"));

    // One that is crooked is not taken, and a good one is.
    std::fs::write(folder.path().join("certificate.pem"), "nonsense").unwrap();
    crate::tcp::certificate(folder.path(), "two");
    berth_testkit::wait::until(DEADLINE, async || {
        crate::tcp::over_tls(&tcp, &get).await.unwrap().1 != first
    })
    .await;
}

#[tokio::test]
async fn a_handshake_has_a_time() {
    let app = App::start().await;
    let folder = tempfile::tempdir().unwrap();
    let files = crate::tcp::certificate(folder.path(), "one");
    let tcp = Tcp::with(&app, |config| {
        config.tls = Some(files);
        config.limits.handshake = std::time::Duration::from_millis(300);
        config.limits.connections_per_address = 1;
    })
    .await;

    // Whoever says nothing, or begins and says nothing more, is let go, and their place is free again.
    for begun in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        assert_eq!(answers(&tcp, begun).await, "", "{begun:?}");
    }
    let get = text_of("GET", "/api/v1/health", None);
    berth_testkit::wait::until(DEADLINE, async || {
        let told = crate::tcp::over_tls(&tcp, &get).await;
        told.is_ok_and(|(answer, _)| answer.starts_with("HTTP/1.1 200"))
    })
    .await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(berth_testkit::SystemClock);
    let refused = async |files: berth_web::TlsFiles| {
        let config = berth_web::ConsoleConfig { tls: Some(files), ..config() };
        let error = berth_web::Console::bind(config, clock.clone()).await.unwrap_err();
        berth_domain::chain(&error)
    };
    let good = crate::tcp::certificate(folder.path(), "one");

    let nowhere = berth_web::TlsFiles { certificate: "/nowhere".into(), ..good.clone() };
    assert!(refused(nowhere).await.contains("cannot read `/nowhere`"));
    let swapped = berth_web::TlsFiles { certificate: good.key.clone(), key: good.key.clone() };
    assert!(refused(swapped).await.contains("is not PEM with a certificate"));
    let other = tempfile::tempdir().unwrap();
    let key = crate::tcp::certificate(other.path(), "two").key;
    let strange = refused(berth_web::TlsFiles { key, ..good.clone() }).await;
    assert!(strange.contains("do not belong together"), "{strange}");
    crate::tcp::permit(&good.key, 0o640);
    assert!(refused(good).await.contains("make it 0600"));
}
