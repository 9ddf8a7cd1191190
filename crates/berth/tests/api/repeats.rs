//! Requests that are sent again with the key that they had.

use berth_testkit::http::{Answer, request};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, problem};

/// A change, and the same change whenever it is asked for again.
#[derive(Clone, Copy)]
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    key: &'a str,
}

async fn ask(app: &App, Asked { method, path, key }: Asked<'_>, body: &Value) -> Answer {
    let mut request = request(method, &format!("/api/v1/organisations/default{path}"), body);
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    app.send(request).await
}

/// Asks twice and returns both answers, which must be the same.
async fn twice(app: &App, asked: Asked<'_>, body: &Value) -> Answer {
    let one = ask(app, asked, body).await;
    let two = ask(app, asked, body).await;

    assert_eq!(
        (one.status, one.text()),
        (two.status, two.text()),
        "{} {}",
        asked.method,
        asked.path
    );
    for name in ["content-type", "location", "etag", "cache-control"] {
        assert_eq!(one.header(name), two.header(name), "{} {}", asked.method, asked.path);
    }
    assert!(one.status < 300, "{} {}: {}", asked.method, asked.path, one.text());
    one
}

async fn count(app: &App, action: &str) -> usize {
    let listed = app.ours("GET", &format!("/audit?action={action}"), &Value::Null).await;
    listed.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_tenant_is_made_once() {
    let app = App::start().await;
    let asked = Asked { method: "POST", path: "/tenants", key: "k" };

    let made =
        twice(&app, asked, &json!({ "name": "acme", "admin_password": "correct-horse" })).await;

    assert_eq!(made.status, 202);
    assert_eq!(count(&app, "tenant.create").await, 1);
}

#[tokio::test]
async fn everything_that_is_made_or_removed_at_once_is_so_once() {
    let app = App::start().await;
    let nightly =
        json!({ "name": "nightly", "action": "restart", "cron": "30 3 * * *", "tag": "eu" });
    let hook = json!({ "url": "https://hooks.example.com/berth", "events": "tenant.*" });

    for (action, method, path, body) in [
        ("schedule.create", "POST", "/schedules", nightly),
        ("schedule.set", "PATCH", "/schedules/nightly", json!({ "paused": true })),
        ("schedule.run", "POST", "/schedules/nightly/run", Value::Null),
        ("schedule.delete", "DELETE", "/schedules/nightly", Value::Null),
        ("webhook.create", "POST", "/webhooks", hook),
        ("webhook.set", "PATCH", "/webhooks/hooks.example.com", json!({ "enabled": false })),
        ("webhook.delete", "DELETE", "/webhooks/hooks.example.com", Value::Null),
        ("token.create", "POST", "/tokens", json!({ "account": "ci", "scope": "viewer" })),
        ("quota.set", "PUT", "/quotas/anna", json!({ "tenants": 3 })),
        ("quota.clear", "DELETE", "/quotas/anna", Value::Null),
    ] {
        twice(&app, Asked { method, path, key: action }, &body).await;

        assert_eq!(count(&app, action).await, 1, "{action}");
    }
}

#[tokio::test]
async fn an_upload_is_kept_once() {
    let app = App::start().await;
    let send = || {
        Request::post("/api/v1/organisations/default/uploads?name=acme.zip")
            .header("idempotency-key", "k")
            .body(Bytes::from_static(b"a backup"))
            .unwrap()
    };

    let (one, two) = (app.send(send()).await, app.send(send()).await);

    assert_eq!((one.status, one.text()), (201, two.text()));
    let listed = app.ours("GET", "/uploads", &Value::Null).await;
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_was_answered_is_sealed_in_the_database() {
    let app = App::start().await;
    let asked = Asked { method: "POST", path: "/tokens", key: "k" };

    let made = twice(&app, asked, &json!({ "account": "ci", "scope": "viewer" })).await;

    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let mut files = 0;
    for entry in std::fs::read_dir(app.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let is_in = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_in, "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 0);
}

#[tokio::test]
async fn a_key_is_for_one_request_only() {
    let app = App::start().await;
    let create = Asked { method: "POST", path: "/tokens", key: "k" };
    let body = json!({ "account": "ci", "scope": "viewer" });
    twice(&app, create, &body).await;

    let others = [
        (create, json!({ "account": "ci", "scope": "member" })),
        (Asked { path: "/webhooks", ..create }, body.clone()),
        (Asked { path: "/tokens?dry_run=true", ..create }, body.clone()),
    ];

    for (asked, body) in others {
        let refused = ask(&app, asked, &body).await;
        let problem = problem(&refused);
        assert_eq!(problem.status, 422, "{}", asked.path);
        assert_eq!(problem.problems[0].field, "Idempotency-Key");
    }
    assert_eq!(count(&app, "token.create").await, 1);
}

#[tokio::test]
async fn what_was_refused_or_only_planned_may_be_asked_for_again_with_its_key() {
    let app = App::start().await;
    let create = Asked { method: "POST", path: "/tokens", key: "k" };
    let planned = Asked { path: "/tokens?dry_run=true", ..create };
    let body = json!({ "account": "ci", "scope": "viewer" });

    let refused = ask(&app, create, &json!({ "account": "ci", "scope": "everything" })).await;
    let plan = ask(&app, planned, &body).await;
    let made = ask(&app, create, &body).await;

    assert_eq!((refused.status, plan.status, made.status), (422, 200, 201));
}

#[tokio::test]
async fn requests_that_arrive_together_with_one_key_are_carried_out_once() {
    let app = App::start().await;
    let asked = Asked { method: "POST", path: "/tokens", key: "k" };
    let body = json!({ "account": "ci", "scope": "viewer" });

    let (one, two, three) =
        tokio::join!(ask(&app, asked, &body), ask(&app, asked, &body), ask(&app, asked, &body));

    assert_eq!([one.status, two.status, three.status], [201; 3]);
    assert_eq!((one.text(), two.text()), (two.text(), three.text()));
    assert_eq!(count(&app, "token.create").await, 1);
}

#[tokio::test]
async fn a_key_must_be_one_on_every_change() {
    let app = App::start().await;
    let long = "k".repeat(256);

    for key in ["", &long] {
        for (method, path) in [("POST", "/tenants"), ("DELETE", "/tenants/acme")] {
            let refused = ask(&app, Asked { method, path, key }, &Value::Null).await;

            assert_eq!(problem(&refused).status, 400, "{key:?}");
        }
    }
}
