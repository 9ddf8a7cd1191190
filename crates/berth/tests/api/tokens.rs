//! Tokens over HTTP.

use berth_api::v1::exec::{Run, STDIN, STDOUT, ServerMessage, Start};
use berth_runtime::LogLine;
use berth_runtime::fake::ExecAnswer;
use berth_testkit::http::{Answer, HttpError, read_until, request, send};
use berth_testkit::wait;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Request;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::app::{App, DEADLINE, problem};

const EVENTS: &str = "/api/v1/organisations/default/events";
const EXEC: &str = "/api/v1/organisations/default/tenants/acme/exec";

/// Makes a token and returns its id and what it says.
async fn token(app: &App, scope: &str) -> (String, String) {
    let made = app.ours("POST", "/tokens", &json!({ "account": "ci", "scope": scope })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made.json()["token"]["id"]), text(&made.json()["secret"]))
}

fn showing(secret: &str, request: Request<Bytes>) -> Request<Bytes> {
    let mut request = request;
    request.headers_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    request
}

/// Makes a request under the organisation that everybody has, showing a token.
async fn by(app: &App, secret: &str, method: &str, path: &str) -> Answer {
    let path = format!("/api/v1/organisations/default{path}");
    app.send(showing(secret, request(method, &path, &Value::Null))).await
}

#[tokio::test]
async fn what_a_token_says_is_shown_once_and_nowhere_else() {
    let app = App::start().await;
    let body = json!({ "account": "ci", "scope": "member", "expires": "30d" });
    let planned = app.ours("POST", "/tokens?dry_run=true", &body).await;
    assert_eq!(planned.status, 200, "{}", planned.text());

    let made = app.ours("POST", "/tokens", &body).await;

    assert_eq!((made.status, &made.headers["cache-control"]), (201, &"no-store".parse().unwrap()));
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("berth_") && secret.len() == 64, "{secret}");
    let id = made.json()["token"]["id"].as_str().unwrap().to_owned();
    for path in ["/tokens", "/audit"] {
        let shown = app.ours("GET", path, &Value::Null).await;
        assert!(shown.text().contains(&id), "{path}");
        assert!(!shown.text().contains(&secret[6..]), "{path}");
    }
    let list = app.ours("GET", "/tokens", &Value::Null).await.json();
    assert_eq!(list["items"][0]["scope"], json!(["read", "operate", "logs"]));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_opens_what_is_in_its_scope_until_it_is_revoked() {
    let app = App::start().await;
    let (id, secret) = token(&app, "read").await;

    assert_eq!(by(&app, &secret, "GET", "/tenants").await.status, 200);
    let denied = problem(&by(&app, &secret, "GET", "/uploads").await);
    assert_eq!(
        (denied.status, denied.detail.as_str()),
        (403, "you have no right to do this: it takes `operate`")
    );
    let elsewhere =
        showing(&secret, request("GET", "/api/v1/organisations/other/tenants", &Value::Null));
    assert_eq!(problem(&app.send(elsewhere).await).status, 404);

    let path = format!("/tokens/{id}");
    assert_eq!(app.ours("DELETE", &format!("{path}?dry_run=true"), &Value::Null).await.status, 200);
    assert_eq!(by(&app, &secret, "GET", "/tenants").await.status, 200);
    assert_eq!(app.ours("DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(app.ours("DELETE", &path, &Value::Null).await.status, 404);
    let stranger = by(&app, &secret, "GET", "/tenants").await;
    assert_eq!(problem(&stranger).status, 401);
    assert_eq!(stranger.header("www-authenticate"), Some("Bearer realm=\"berth\""));
}

#[tokio::test]
async fn a_token_of_the_installation_shows_what_is_counted_and_nothing_else() {
    let app = App::start().await;
    let body = json!({ "account": "prometheus", "scope": "metrics", "expires": "never" });
    let made = app.call("POST", "/tokens", &body).await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();

    for (path, status) in [("/metrics", 200), ("/status", 403), ("/tokens", 403), ("/audit", 403)] {
        let asked = showing(&secret, request("GET", &format!("/api/v1{path}"), &Value::Null));
        assert_eq!(app.send(asked).await.status, status, "{path}");
    }
    assert_eq!(by(&app, &secret, "GET", "/tenants").await.status, 403);
    let id = made.json()["token"]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 404);
    assert_eq!(app.call("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked() {
    let app = App::start().await;
    let (id, secret) = token(&app, "read").await;
    let demo = app.ours("POST", "/operations", &json!({ "name": "drill" })).await;
    let demo = demo.json()["id"].as_str().unwrap().to_owned();
    let place = app.place();
    let stream = || showing(&secret, request("GET", EVENTS, &Value::Null));
    let endless = send(&place, stream(), DEADLINE);

    let (ended, ()) = tokio::join!(endless, async {
        let open = read_until(&place, stream(), DEADLINE, |line| line.contains(&demo)).await;
        assert!(open.unwrap());
        assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);
    });

    assert!(!matches!(ended, Err(HttpError::Slow(_))), "{ended:?}");
}

/// An installation with a running tenant, whose commands go on until there is no more input.
async fn with_tenant() -> App {
    let app = App::with_odoo().await;
    let begun = app.ours("POST", "/tenants", &json!({ "name": "acme" })).await;
    let path = format!("/operations/{}", begun.json()["id"].as_str().unwrap());
    wait::until(DEADLINE, async || {
        app.ours("GET", &path, &Value::Null).await.json()["state"] == "done"
    })
    .await;
    app.runtime().answer_execs(|_, _| ExecAnswer::CopiesInput);
    app
}

#[tokio::test]
async fn a_command_ends_when_its_token_is_revoked() {
    let app = with_tenant().await;
    let (id, secret) = token(&app, "exec").await;
    let mut socket = open(&app, &secret).await;
    let start = Start { run: Run::Command(vec!["cat".to_owned()]), terminal: None };
    socket.send(Message::text(serde_json::to_string(&start).unwrap())).await.unwrap();
    socket.send(Message::binary(vec![STDIN, b'a'])).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::binary(vec![STDOUT, b'a']));

    assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);

    let last = tokio::time::timeout(DEADLINE, socket.next()).await.unwrap().unwrap().unwrap();
    let ServerMessage::Problem(problem) = serde_json::from_str(last.to_text().unwrap()).unwrap()
    else {
        panic!("{last:?}")
    };
    assert_eq!(problem.status, 401);
    let end = tokio::time::timeout(DEADLINE, socket.next()).await.unwrap();
    assert!(matches!(end, None | Some(Ok(Message::Close(_)) | Err(_))), "{end:?}");
}

#[tokio::test]
async fn a_log_that_is_followed_ends_when_its_token_is_revoked() {
    let app = with_tenant().await;
    let tenants = app.folder().join("tenants");
    let tenant = std::fs::read_dir(tenants).unwrap().next().unwrap().unwrap().file_name();
    let line = LogLine { at: None, is_error: true, text: "the Odoo says something".to_owned() };
    app.runtime().push_log(tenant.to_str().unwrap(), line);
    let (id, secret) = token(&app, "logs").await;
    let (_, kept) = token(&app, "logs").await;
    let path = "/api/v1/organisations/default/tenants/acme/logs?follow=true";
    let place = app.place();
    let follow = |secret: &str| showing(secret, request("GET", path, &Value::Null));
    let endless = send(&place, follow(&secret), DEADLINE);

    let revoked = async {
        let is_it = |line: &str| line.contains("the Odoo says something");
        assert!(read_until(&place, follow(&secret), DEADLINE, is_it).await.unwrap());
        assert_eq!(app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await.status, 204);
    };
    tokio::select! {
        other = send(&place, follow(&kept), DEADLINE) => panic!("that token is good: {other:?}"),
        (ended, ()) = async { tokio::join!(endless, revoked) } => {
            assert!(!matches!(ended, Err(HttpError::Slow(_))), "{ended:?}");
        }
    }
}

#[tokio::test]
async fn a_token_for_sql_begins_no_shell() {
    let app = App::start().await;
    let run = |run| Start { run, terminal: None };
    let psql = run(Run::Psql(Vec::new()));
    let shells = [run(Run::Shell), run(Run::Command(vec!["ls".to_owned()]))];

    let (_, secret) = token(&app, "psql").await;
    for shell in &shells {
        assert_eq!(first_word(&app, &secret, shell).await, 403);
    }
    assert_eq!(first_word(&app, &secret, &psql).await, 404);
    let (_, secret) = token(&app, "exec").await;
    for any in shells.iter().chain([&psql]) {
        assert_eq!(first_word(&app, &secret, any).await, 404);
    }
    let denied = app.ours("GET", "/audit?outcome=denied", &Value::Null).await.json();
    assert_eq!(denied["items"].as_array().unwrap().len(), 2);
    assert_eq!(denied["items"][0]["actor"], "service:ci@default");
}

#[tokio::test]
async fn whoever_may_run_nothing_is_told_what_each_command_takes() {
    let app = App::start().await;
    let (_, secret) = token(&app, "read").await;

    let refused = by(&app, &secret, "GET", "/tenants/acme/exec").await;

    let problem = problem(&refused);
    assert_eq!(problem.status, 403);
    assert!(
        problem.detail.ends_with("a command takes `exec`, and psql takes `psql`"),
        "{problem:?}"
    );
}

/// Opens the WebSocket of a tenant, showing a token.
async fn open(app: &App, secret: &str) -> WebSocketStream<UnixStream> {
    let stream = UnixStream::connect(app.socket()).await.unwrap();
    let mut request = format!("ws://localhost{EXEC}").into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {secret}").parse().unwrap());
    tokio_tungstenite::client_async(request, stream).await.unwrap().0
}

/// The status of what the server says to the first frame.
async fn first_word(app: &App, secret: &str, start: &Start) -> u16 {
    let mut socket = open(app, secret).await;
    socket.send(Message::text(serde_json::to_string(start).unwrap())).await.unwrap();
    let word = socket.next().await.unwrap().unwrap();
    match serde_json::from_str(word.to_text().unwrap()).unwrap() {
        ServerMessage::Problem(problem) => problem.status,
        other @ ServerMessage::Exit(_) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn crooked_tokens_are_refused_all_at_once() {
    let app = App::start().await;

    let refused = app.ours("POST", "/tokens", &json!({ "account": "A b", "scope": "fly" })).await;

    let fields: Vec<_> = problem(&refused).problems.into_iter().map(|it| it.field).collect();
    assert_eq!(fields, ["account", "scope"]);
    let more = json!({ "account": "ci", "scope": "read", "organisation": "other" });
    assert_eq!(problem(&app.ours("POST", "/tokens", &more).await).status, 400);
    let beyond = json!({ "account": "ci", "scope": "installation" });
    assert_eq!(problem(&app.ours("POST", "/tokens", &beyond).await).status, 403);
}

/// Reads the head of an answer.
async fn head(stream: &mut UnixStream) -> String {
    let reading = async {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(answer).unwrap()
    };
    tokio::time::timeout(DEADLINE, reading).await.unwrap()
}

#[tokio::test]
async fn what_is_sent_after_its_token_was_revoked_changes_nothing() {
    let app = App::start().await;
    let (id, secret) = token(&app, "read,administer").await;
    let body = json!({ "name": "ops", "url": "https://hooks.example.com/" }).to_string();
    let mut stream = UnixStream::connect(app.socket()).await.unwrap();
    let request = format!(
        "POST /api/v1/organisations/default/webhooks HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {secret}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // Who asks was let in: their body is asked for.
    assert_eq!(head(&mut stream).await, "HTTP/1.1 100 Continue\r\n\r\n");

    let revoked = app.ours("DELETE", &format!("/tokens/{id}"), &Value::Null).await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    stream.write_all(body.as_bytes()).await.unwrap();

    let answer = head(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let all = app.ours("GET", "/webhooks", &Value::Null).await.json();
    assert_eq!(all["items"], json!([]));
}
