//! Backups over HTTP.

use berth_engine_testkit::odoo::backup;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, problem};

fn sending(content: Vec<u8>) -> Request<Bytes> {
    let path = "/api/v1/organisations/default/uploads?name=acme.zip";
    Request::post(path).body(content.into()).unwrap()
}

#[tokio::test]
async fn a_backup_is_sent_listed_planned_with_and_removed() {
    let app = App::start().await;
    let content = backup();
    let size = content.len();

    let sent = app.send(sending(content)).await;

    assert_eq!(sent.status, 201, "{}", sent.text());
    let upload = sent.json();
    assert_eq!((&upload["name"], &upload["size_bytes"]), (&json!("acme.zip"), &json!(size)));
    let listed = app.ours("GET", "/uploads", &Value::Null).await.json();
    assert_eq!(listed["items"][0]["id"], upload["id"]);

    let import = json!({ "upload": upload["id"], "name": "acme" });
    let planned = app.ours("POST", "/imports?dry_run=true", &import).await;
    assert_eq!(planned.status, 200, "{}", planned.text());
    assert_eq!(planned.json()["settings"]["backup"], "a zip file as Odoo makes it");

    let path = format!("/uploads/{}", upload["id"].as_str().unwrap());
    let planned = app.ours("DELETE", &format!("{path}?dry_run=true"), &Value::Null).await;
    assert_eq!(planned.json()["settings"]["name"], "acme.zip");
    assert_eq!(app.ours("DELETE", &path, &Value::Null).await.status, 204);
    let again = app.ours("DELETE", &path, &Value::Null).await;
    assert_eq!(problem(&again).detail, format!("there is no upload `{}`", &path[9..]));
    assert_eq!(app.ours("GET", "/uploads", &Value::Null).await.json()["items"], json!([]));
}

#[tokio::test]
async fn an_empty_backup_is_refused_and_leaves_nothing() {
    let app = App::start().await;

    let sent = app.send(sending(Vec::new())).await;

    assert_eq!(sent.status, 422, "{}", sent.text());
    assert_eq!(problem(&sent).problems[0].field, "body");
    assert_eq!(app.ours("GET", "/uploads", &Value::Null).await.json()["items"], json!([]));
    let left = std::fs::read_dir(app.folder().join("uploads")).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_import_answers_with_the_operation_and_its_key_makes_one() {
    let app = App::start().await;
    let upload = app.send(sending(backup())).await.json();
    let request = || {
        let body = json!({ "upload": upload["id"], "name": "acme" }).to_string();
        Request::post("/api/v1/organisations/default/imports")
            .header("content-type", "application/json")
            .header("idempotency-key", "import-1")
            .body(Bytes::from(body))
            .unwrap()
    };

    let (first, second) = (app.send(request()).await, app.send(request()).await);

    assert_eq!(first.status, 202, "{}", first.text());
    assert_eq!(first.json()["kind"], "tenant.import");
    assert_eq!(first.json()["id"], second.json()["id"]);
}

#[tokio::test]
async fn a_backup_that_is_too_large_is_refused_before_it_is_read() {
    let app = App::start().await;
    let path = "/api/v1/organisations/default/uploads";
    let huge = (2_u64 << 30).to_string();
    let request = Request::post(path).header("content-length", huge).body(Bytes::new()).unwrap();

    let refused = app.send(request).await;

    let problem = problem(&refused);
    assert_eq!((problem.status, problem.kind.as_str()), (413, "urn:berth:problem:too-large"));
    assert_eq!(problem.detail, "the backup has 2 GiB, and at most 1 GiB are taken");
}

#[tokio::test]
async fn what_is_no_backup_is_a_problem_of_the_upload() {
    let app = App::start().await;
    let upload = app.send(sending(b"something".to_vec())).await.json();

    let import = json!({ "upload": upload["id"], "name": "acme" });
    let refused = app.ours("POST", "/imports", &import).await;

    let problem = problem(&refused);
    assert_eq!(problem.status, 422);
    assert_eq!(problem.problems[0].field, "upload");
}
