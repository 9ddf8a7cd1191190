//! People over HTTP.

use berth_testkit::http::{Answer, HttpError, read_until, request, send};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE, problem};

pub(crate) const PASSWORD: &str = "three small herons";

/// Claims the installation and signs in. Returns the cookie.
pub(crate) async fn claimed(app: &App) -> String {
    let code = app.call("POST", "/setup-token", &Value::Null).await.json()["token"].clone();
    let body =
        json!({ "code": code, "email": "op@example.com", "name": "Olga", "password": PASSWORD });
    let answer = app.call("POST", "/claim", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    sign_in(app, "op@example.com").await
}

pub(crate) async fn sign_in(app: &App, email: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = app.call("POST", "/sign-in", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let set = answer.header("set-cookie").unwrap();
    let (cookie, rules) = set.split_once(';').unwrap();
    assert_eq!(rules, " Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text().contains(cookie.split_once('=').unwrap().1));
    cookie.to_owned()
}

/// Invites somebody to the organisation and accepts for them.
pub(crate) async fn join(app: &App, email: &str, role: &str) {
    let made = app.ours("POST", "/invitations", &json!({ "email": email, "role": role })).await;
    assert_eq!((made.status, made.header("cache-control")), (201, Some("no-store")));
    let code = made.json()["code"].clone();
    let body = json!({ "code": code, "name": "Jo", "password": PASSWORD });
    let accepted = app.call("POST", "/invitations/accept", &body).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
}

pub(crate) fn with(cookie: &str, mut request: Request<Bytes>) -> Request<Bytes> {
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    request.headers_mut().insert("sec-fetch-site", "same-origin".parse().unwrap());
    request
}

/// Makes a request from a page of our own.
pub(crate) async fn by(app: &App, cookie: &str, method: &str, path: &str, body: &Value) -> Answer {
    app.send(with(cookie, request(method, &format!("/api/v1{path}"), body))).await
}

#[tokio::test]
async fn somebody_claims_signs_in_and_out_and_nobody_claims_again() {
    let app = App::start().await;
    let cookie = claimed(&app).await;

    let me = by(&app, &cookie, "GET", "/session", &Value::Null).await.json();
    assert_eq!((&me["email"], &me["operator"]), (&json!("op@example.com"), &json!(true)));
    assert_eq!(app.call("GET", "/status", &Value::Null).await.json()["claimed"], true);
    let none = app.call("POST", "/setup-token", &Value::Null).await.json();
    assert_eq!(none["token"], Value::Null);
    let code = "00000-00000-00000-00000-00000";
    let body = json!({ "code": code, "email": "x@example.com", "name": "X", "password": PASSWORD });
    assert_eq!(problem(&app.call("POST", "/claim", &body).await).status, 409);
    let sessions = by(&app, &cookie, "GET", "/sessions", &Value::Null).await.json();
    assert_eq!(sessions["items"][0]["current"], true);

    let out = by(&app, &cookie, "DELETE", "/session", &Value::Null).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().starts_with("__Host-berth=; Path=/; Max-Age=0;"));
    let over = by(&app, &cookie, "GET", "/session", &Value::Null).await;
    assert_eq!(problem(&over).detail, "the session is over: sign in again");
    // What is over is nobody, though root connects; the door is open all the same.
    assert_eq!(by(&app, &cookie, "GET", "/status", &Value::Null).await.status, 401);
    let again = json!({ "email": "op@example.com", "password": PASSWORD });
    assert_eq!(by(&app, &cookie, "POST", "/sign-in", &again).await.status, 200);
}

#[tokio::test]
async fn a_refusal_says_the_same_whatever_was_wrong_and_later_when_to_come_back() {
    let app = App::start().await;
    claimed(&app).await;
    let wrong = |email: &str| json!({ "email": email, "password": "wrong" });

    let known = problem(&app.call("POST", "/sign-in", &wrong("op@example.com")).await);
    let unknown = problem(&app.call("POST", "/sign-in", &wrong("no@example.com")).await);

    assert_eq!((known.status, &known.kind, &known.detail, &known.hint), {
        (401, &unknown.kind, &unknown.detail, &unknown.hint)
    });
    for _ in 0..5 {
        app.call("POST", "/sign-in", &wrong("op@example.com")).await;
    }
    let slow = app.call("POST", "/sign-in", &wrong("op@example.com")).await;
    assert_eq!(problem(&slow).kind, "urn:berth:problem:too-many-attempts");
    let seconds: u64 = slow.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds > 0);
}

#[tokio::test]
async fn a_member_does_what_their_role_allows_until_they_are_removed() {
    let app = App::start().await;
    join(&app, "jo@example.com", "viewer").await;
    let cookie = sign_in(&app, "jo@example.com").await;
    let tenants = "/organisations/default/tenants";
    let member = "/members/jo@example.com";

    assert_eq!(by(&app, &cookie, "GET", tenants, &Value::Null).await.status, 200);
    let demo = json!({ "name": "drill" });
    let refused = by(&app, &cookie, "POST", "/organisations/default/operations", &demo).await;
    assert_eq!(problem(&refused).status, 403);
    assert_eq!(by(&app, &cookie, "GET", "/people", &Value::Null).await.status, 403);
    let set = json!({ "role": "member" });
    let planned = app.ours("PUT", &format!("{member}?dry_run=true"), &set).await;
    assert_eq!(planned.json()["summary"], "make `jo@example.com` member");
    assert_eq!(app.ours("PUT", member, &set).await.status, 204);
    let members = app.ours("GET", "/members", &Value::Null).await.json();
    assert_eq!(members["items"][0]["role"], "member");
    assert_eq!(app.ours("DELETE", member, &Value::Null).await.status, 204);
    assert_eq!(by(&app, &cookie, "GET", tenants, &Value::Null).await.status, 404);
    assert_eq!(by(&app, &cookie, "GET", "/session", &Value::Null).await.status, 200);
    let people = app.call("GET", "/people", &Value::Null).await.json();
    assert_eq!(people["items"][0]["roles"], json!({}));
}

#[tokio::test]
async fn a_stream_ends_with_the_session_that_opened_it() {
    let app = App::start().await;
    join(&app, "jo@example.com", "viewer").await;
    let cookie = sign_in(&app, "jo@example.com").await;
    let demo = app.ours("POST", "/operations", &json!({ "name": "drill" })).await;
    let demo = demo.json()["id"].as_str().unwrap().to_owned();
    let place = app.place();
    let events = "/api/v1/organisations/default/events";
    let stream = || with(&cookie, request("GET", events, &Value::Null));
    let endless = send(&place, stream(), DEADLINE);

    let (ended, ()) = tokio::join!(endless, async {
        let open = read_until(&place, stream(), DEADLINE, |line| line.contains(&demo)).await;
        assert!(open.unwrap());
        let ended = app.call("DELETE", "/people/jo@example.com/sessions", &Value::Null).await;
        assert_eq!(ended.json(), json!({ "ended": 1 }));
    });

    assert!(!matches!(ended, Err(HttpError::Slow(_))), "{ended:?}");
}

#[tokio::test]
async fn a_reset_is_for_whoever_is_on_the_host_and_no_session_has_it_done() {
    let app = App::start().await;
    let cookie = claimed(&app).await;
    let path = "/people/op@example.com/reset";

    let refused = by(&app, &cookie, "POST", path, &json!({})).await;
    assert_eq!(problem(&refused).detail, "only whoever is on the host may do this");
    let refused = by(&app, &cookie, "POST", "/setup-token", &Value::Null).await;
    assert_eq!(problem(&refused).status, 403);
    let crooked = app.call("POST", path, &json!({ "only": "name" })).await;
    assert_eq!(problem(&crooked).problems[0].field, "only");
    let reset = app.call("POST", path, &json!({})).await;
    assert_eq!((reset.status, reset.header("cache-control")), (200, Some("no-store")));
    assert_eq!(by(&app, &cookie, "GET", "/session", &Value::Null).await.status, 401);
    let body = json!({ "code": reset.json()["code"], "password": "one tall heron" });
    assert_eq!(app.call("POST", "/invitations/accept", &body).await.status, 200);
}

#[tokio::test]
async fn bodies_with_more_than_belongs_there_are_refused() {
    let app = App::start().await;

    for (path, body) in [
        ("/claim", json!({ "code": "x", "email": "x", "name": "x", "password": "x", "id": 1 })),
        ("/sign-in", json!({ "email": "x", "password": "x", "operator": true })),
        ("/invitations/accept", json!({ "code": "x", "role": "admin" })),
        ("/invitations", json!({ "email": "x", "role": "operator", "organisation": "x" })),
    ] {
        assert_eq!(problem(&app.call("POST", path, &body).await).status, 400, "{path}");
    }
}
