//! Every route of an organisation, asked for on behalf of one that does not exist.

use berth_testkit::http::request;
use serde_json::{Value, json};

use crate::app::{App, NO_OPERATION, problem};

/// A body that is right in itself, so that nothing but the organisation is wrong.
fn body(path: &str, method: &str) -> Value {
    match (method, path.rsplit('/').next()) {
        ("post", Some("tenants" | "operations" | "rename")) => json!({ "name": "acme" }),
        ("post", Some("install" | "upgrade" | "uninstall")) => json!({ "modules": ["crm"] }),
        ("post", Some("adoptions")) => json!({ "orphan": "t_0123456789", "name": "acme" }),
        ("post", Some("schedules")) => {
            json!({ "name": "acme", "action": "stop", "cron": "@daily", "tenants": ["acme"] })
        }
        ("post", Some("tokens")) => json!({ "account": "ci", "scope": "read" }),
        ("post", Some("invitations")) => json!({ "email": "jo@example.com", "role": "viewer" }),
        ("post", Some("webhooks")) => json!({ "url": "https://hooks.example.com/" }),
        ("patch", _) if path.contains("/schedules/") => json!({ "paused": true }),
        ("patch", _) if path.contains("/webhooks/") => json!({ "enabled": false }),
        ("post", Some("password")) => json!({}),
        ("post", Some("comparisons")) => json!({ "tenants": [{ "name": "acme" }] }),
        ("post", Some("imports")) => json!({ "upload": "upl_x", "name": "acme" }),
        ("patch", Some("nobody")) => json!({ "title": "Acme" }),
        ("patch", _) => json!({ "cpu": "2" }),
        ("put", _) if path.contains("/members/") => json!({ "role": "viewer" }),
        ("put", _) => json!({ "tenants": 1 }),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn nothing_is_found_in_an_organisation_that_does_not_exist() {
    let app = App::start().await;
    let document = berth_web::openapi();
    let paths = document["paths"].as_object().unwrap();

    let mut asked = 0;
    for (template, methods) in paths.iter().filter(|(path, _)| path.contains("{org}")) {
        let path = template
            .replace("{org}", "nobody")
            .replace("{name}", "acme")
            .replace("{person}", "jo@example.com")
            .replace("{id}", NO_OPERATION);
        for method in methods.as_object().unwrap().keys() {
            // Tried over a WebSocket below.
            if path.ends_with("/exec") {
                continue;
            }
            let asking = request(&method.to_uppercase(), &path, &body(&path, method));

            let answer = app.send(asking).await;

            assert_eq!(problem(&answer).status, 404, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 15, "{asked}");
}
