//! Changes that are wanted only of what somebody has seen.

use berth_testkit::http::Answer;
use http::Request;
use serde_json::{Value, json};

use crate::app::{App, problem};

const ACME: &str = "/api/v1/organisations/default/tenants/acme";

/// An installation with a tenant, and what it answers.
struct Seen {
    app: App,
}

impl Seen {
    async fn new() -> Self {
        let app = App::with_odoo().await;
        let made = app.ours("POST", "/tenants", &json!({ "name": "acme" })).await;
        assert_eq!(made.status, 202, "{}", made.text());
        Self { app }
    }

    async fn show(&self) -> Answer {
        self.app.ours("GET", "/tenants/acme", &Value::Null).await
    }

    async fn etag(&self) -> String {
        self.show().await.header("etag").unwrap().to_owned()
    }

    async fn ask(&self, method: &str, path: &str, (known, body): (&str, Value)) -> Answer {
        let request = Request::builder().method(method).uri(path).header("if-match", known);
        let request = request.header("content-type", "application/json");
        self.app.send(request.body(body.to_string().into()).unwrap()).await
    }

    async fn note(&self, known: &str, notes: &str) -> Answer {
        self.ask("PATCH", ACME, (known, json!({ "notes": notes }))).await
    }
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_left_alone() {
    let site = Seen::new().await;
    let shown = site.show().await;
    let first = site.etag().await;
    assert_eq!(first, format!("\"{}\"", shown.json()["etag"].as_str().unwrap()));

    let changed = site.note(&first, "one").await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(changed.header("etag"), Some(site.etag().await.as_str()));

    let late = site.note(&first, "two").await;
    assert_eq!(problem(&late).kind, "urn:berth:problem:changed", "{}", late.text());
    assert_eq!(late.status, 412);
    for path in [ACME.to_owned(), format!("{ACME}?now=true"), format!("{ACME}?dry_run=true")] {
        let deleted = site.ask("DELETE", &path, (&first, Value::Null)).await;
        assert_eq!(deleted.status, 412, "{path}: {}", deleted.text());
    }
    let moved = json!({ "name": "globex" });
    let renamed = site.ask("POST", &format!("{ACME}/rename"), (&first, moved)).await;
    assert_eq!(renamed.status, 412, "{}", renamed.text());
    assert_eq!(site.show().await.json()["notes"], "one");
}

#[tokio::test]
async fn any_one_of_what_somebody_knows_will_do_and_weak_ones_never_do() {
    let site = Seen::new().await;
    let now = site.etag().await;

    for (known, status) in [
        (format!("W/{now}"), 412),
        ("\"\"".to_owned(), 412),
        (format!("\"other\", {now}"), 200),
        ("*".to_owned(), 200),
    ] {
        let answer = site.note(&known, &known).await;
        assert_eq!(answer.status, status, "{known}: {}", answer.text());
    }
    let nobody = "/api/v1/organisations/default/tenants/nobody";
    let answer = site.ask("PATCH", nobody, ("*", json!({ "notes": "x" }))).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_condition_that_cannot_be_kept_is_refused_and_not_passed_over() {
    let site = Seen::new().await;
    let tenants = "/api/v1/organisations/default/tenants";

    for (method, path, known) in [
        ("PATCH", ACME, "5f0c1e9b"),
        ("PATCH", ACME, "\"5f0c1e9b"),
        ("PATCH", ACME, ""),
        ("GET", ACME, "\"5f0c1e9b\""),
        ("POST", tenants, "*"),
        ("PUT", "/api/v1/organisations/default/quotas/anna", "*"),
    ] {
        let body = if method == "POST" { json!({ "name": "beta" }) } else { json!({}) };
        let refused = site.ask(method, path, (known, body)).await;
        assert_eq!(problem(&refused).status, 400, "{method} {path} {known}");
    }
    assert_eq!(site.show().await.json()["notes"], Value::Null);
    assert_eq!(site.app.ours("GET", "/tenants/beta", &Value::Null).await.status, 404);
}

#[tokio::test]
async fn of_many_who_change_what_they_all_have_seen_one_does() {
    let site = Seen::new().await;
    let seen = site.etag().await;
    let notes = ["a", "b", "c", "d", "e", "f"];

    let answers = futures_util::future::join_all(notes.map(|text| site.note(&seen, text))).await;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert_eq!(site.show().await.json()["notes"], notes[winner]);
}
