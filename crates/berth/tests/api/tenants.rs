//! Tenants over HTTP.

use berth_testkit::wait;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE, problem, worded};

/// Asks for everything that opens a tenant's database.
async fn database_is_refused(app: &App) {
    for (method, end, body) in [
        ("POST", "password", json!({})),
        ("POST", "password?dry_run=true", json!({})),
        ("GET", "export", Value::Null),
        ("GET", "export?format=custom", Value::Null),
        ("GET", "eject", Value::Null),
    ] {
        let refused = app.ours(method, &format!("/tenants/acme/{end}"), &body).await;

        assert_eq!(refused.status, 409, "{end}: {}", refused.text());
    }
}

async fn begin(app: &App, path: &str, body: &Value) -> String {
    let begun = app.ours("POST", path, body).await;
    assert_eq!(begun.status, 202, "{path}: {}", begun.text());
    format!("/operations/{}", begun.json()["id"].as_str().unwrap())
}

async fn done(app: &App, operation: &str) {
    wait::until(DEADLINE, async || {
        app.ours("GET", operation, &Value::Null).await.json()["state"] == "done"
    })
    .await;
}

#[tokio::test]
async fn there_are_none_at_first() {
    let app = App::start().await;

    let answer = app.ours("GET", "/tenants?limit=10", &Value::Null).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn a_dry_run_answers_a_plan_and_makes_nothing() {
    let app = App::start().await;

    let answer = app.ours("POST", "/tenants?dry_run=true", &json!({ "name": "acme" })).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(!answer.json()["actions"].as_array().unwrap().is_empty());
    assert_eq!(answer.json()["settings"]["host"], "acme.localhost");
    let list = app.ours("GET", "/tenants", &Value::Null).await;
    assert_eq!(list.json()["items"], json!([]));
}

#[tokio::test]
async fn a_creation_answers_with_the_operation_to_follow() {
    let app = App::start().await;

    let answer = app.ours("POST", "/tenants", &json!({ "name": "acme" })).await;

    assert_eq!(answer.status, 202, "{}", answer.text());
    let operation = answer.json();
    assert_eq!(operation["kind"], "tenant.create");
    assert_eq!(operation["target"], "acme");
    let location = answer.header("location").unwrap();
    let followed = app.send(berth_testkit::http::request("GET", location, &Value::Null)).await;
    assert_eq!(followed.json()["id"], operation["id"]);
}

#[tokio::test]
async fn a_list_comes_in_the_order_that_is_asked_for_page_by_page() {
    let app = App::with_odoo().await;
    for name in ["acme", "beta"] {
        let made = app.ours("POST", "/tenants", &json!({ "name": name })).await;
        assert_eq!(made.status, 202, "{}", made.text());
    }
    let page = async |query: &str| {
        let page = app.ours("GET", &format!("/tenants?{query}"), &Value::Null).await;
        (page.json()["items"][0]["name"].clone(), page.json()["next"].clone())
    };

    let (first, next) = page("sort=-created&limit=1").await;
    let next = next.as_str().unwrap();
    let (second, _) = page(&format!("sort=-created&limit=1&after={next}")).await;

    assert_eq!((first, second), (json!("beta"), json!("acme")));
    for query in
        ["sort=size", "sort=created&after=acme", "sort=name&after=%01", "sort=created,name"]
    {
        let refused = app.ours("GET", &format!("/tenants?{query}"), &Value::Null).await;
        assert_eq!(problem(&refused).problems.len(), 1, "{query}");
        assert_eq!(refused.status, 422, "{query}");
    }
}

#[tokio::test]
async fn the_database_of_a_tenant_that_is_being_made_is_not_there_yet() {
    let app = App::with_odoo().await;
    // More than are carried out at once, so that the tenant waits for its turn.
    for _ in 0..8 {
        begin(&app, "/operations", &json!({ "name": "drill" })).await;
    }
    begin(&app, "/tenants", &json!({ "name": "acme" })).await;

    database_is_refused(&app).await;
}

#[tokio::test]
async fn a_tenant_of_an_external_server_is_packed_by_its_own_container_while_that_runs() {
    let app = App::with_odoo().await;
    done(&app, &begin(&app, "/tenants", &json!({ "name": "acme" })).await).await;
    done(&app, &begin(&app, "/tenants/acme/stop", &Value::Null).await).await;

    for end in ["export", "eject"] {
        let refused = app.ours("GET", &format!("/tenants/acme/{end}"), &Value::Null).await;

        assert_eq!(refused.status, 409, "{}", refused.text());
        assert_eq!(problem(&refused).detail, "cannot do this while `acme` is stopped");
    }
}

#[tokio::test]
async fn the_database_of_a_tenant_that_is_put_away_is_closed_to_everybody() {
    let app = App::with_odoo().await;
    done(&app, &begin(&app, "/tenants", &json!({ "name": "acme" })).await).await;
    done(&app, &begin(&app, "/tenants/acme/archive", &Value::Null).await).await;

    database_is_refused(&app).await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_listed_at_once() {
    let app = App::start().await;
    let body = json!({
        "name": "A", "stage": "prod", "modules": ["sales"], "country": "Germany", "memory": "1MB",
    });

    let answer = app.ours("POST", "/tenants", &body).await;

    insta::assert_json_snapshot!(worded(&answer));
}

#[tokio::test]
async fn a_tenant_that_is_not_there_is_not_found_whatever_is_asked_of_it() {
    let app = App::start().await;

    for (method, end, body) in [
        ("GET", "", Value::Null),
        ("PATCH", "", json!({ "cpu": "2" })),
        ("DELETE", "", Value::Null),
        ("DELETE", "?dry_run=true", Value::Null),
        ("POST", "/start", Value::Null),
        ("POST", "/stop?dry_run=true", Value::Null),
        ("POST", "/restart", Value::Null),
        ("GET", "/password", Value::Null),
        ("POST", "/password", json!({})),
        ("POST", "/password?dry_run=true", json!({})),
        ("GET", "/logs?follow=true", Value::Null),
        ("GET", "/export", Value::Null),
    ] {
        for name in ["acme", "UPPER", "%3B%24%28id%29", "..%2f..%2fetc"] {
            let answer = app.ours(method, &format!("/tenants/{name}{end}"), &body).await;

            assert_eq!(problem(&answer).status, 404, "{method} {name}{end}");
        }
    }
}

#[tokio::test]
async fn a_secret_that_was_sent_never_comes_back() {
    let app = App::start().await;
    let body = json!({ "name": "acme", "admin_password": "canary-correct-horse", "stage": "x" });
    let good = json!({ "name": "acme", "admin_password": "canary-correct-horse" });

    let refused = app.ours("POST", "/tenants", &body).await;
    let accepted = app.ours("POST", "/tenants", &good).await;
    let list = app.ours("GET", "/tenants", &Value::Null).await;
    let shown = app.ours("GET", "/tenants/acme", &Value::Null).await;

    assert_eq!((refused.status, accepted.status), (422, 202));
    for answer in [refused, accepted, list, shown] {
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_list_of_what_does_not_exist_says_what_does() {
    let app = App::start().await;

    let tenants = app.ours("GET", "/tenants?state=bogus&stage=prod", &Value::Null).await;
    let operations = app.ours("GET", "/operations?state=bogus", &Value::Null).await;

    insta::assert_json_snapshot!([worded(&tenants), worded(&operations)]);
}
