//! Bodies that cannot be read.

use bytes::Bytes;
use http::Request;

use crate::app::{App, problem, worded};

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
