//! Bodies that cannot be read.

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::app::{App, DEADLINE, problem, worded};

fn create(media: Option<&str>, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut request = Request::post("/api/v1/organisations/default/tenants");
    if let Some(media) = media {
        request = request.header("content-type", media);
    }
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn what_is_wrong_with_the_json_is_said_with_its_place() {
    let app = App::start().await;
    let mut answers = Vec::new();

    for body in [
        "",
        "{\n  \"name\": \"acme\",\n}",
        r#"{"name": "acme", "modules": ["crm", 7]}"#,
        r#"{"name": "acme", "state": "running"}"#,
        r#"{"modules": []}"#,
        r#"{"name": "acme"} {"name": "b"}"#,
    ] {
        let answer = app.send(create(Some("application/json"), body)).await;
        assert_eq!(answer.status, 400, "{body}");
        answers.push(worded(&answer));
    }

    insta::assert_json_snapshot!(answers);
}

#[tokio::test]
async fn only_json_is_json() {
    let app = App::start().await;

    for media in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let answer = app.send(create(media, r#"{"name": "acme"}"#)).await;

        assert_eq!(problem(&answer).status, 415, "{media:?}");
    }
}

#[tokio::test]
async fn a_body_beyond_a_mebibyte_is_refused() {
    let app = App::start().await;
    let body = format!(r#"{{"name": "{}"}}"#, "x".repeat(1 << 20));

    let answer = app.send(create(Some("application/json; charset=utf-8"), body)).await;

    assert_eq!(problem(&answer).status, 413);
}

#[tokio::test]
async fn a_refusal_arrives_though_the_body_comes_after_it_was_decided() {
    let app = App::start().await;
    let mut client = UnixStream::connect(app.socket()).await.unwrap();
    let head = "POST /api/v1/nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    // Whatever the server decides without the body, it has decided by then.
    assert_eq!(app.call("GET", "/status", &Value::Null).await.status, 200);

    client.write_all(b"{}").await.unwrap();
    let next = "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    client.write_all(next.as_bytes()).await.unwrap();

    let mut answers = String::new();
    let all = timeout(DEADLINE, client.read_to_string(&mut answers));
    all.await.unwrap().unwrap();
    let heads = answers.split("HTTP/1.1 ").skip(1);
    let statuses: Vec<&str> = heads.filter_map(|head| head.lines().next()).collect();
    assert_eq!(statuses, ["404 Not Found", "200 OK"], "{answers}");
}
