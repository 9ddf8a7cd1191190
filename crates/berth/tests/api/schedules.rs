//! Schedules over HTTP.

use serde_json::{Value, json};

use crate::app::{App, problem};

fn nightly() -> Value {
    json!({
        "name": "nightly", "action": "restart", "cron": "30 3 * * *", "zone": "Europe/Berlin",
        "tag": "eu",
    })
}

#[tokio::test]
async fn a_schedule_is_made_shown_changed_and_removed() {
    let app = App::start().await;
    let planned = app.ours("POST", "/schedules?dry_run=true", &nightly()).await;
    assert_eq!(
        (planned.status, planned.json()["summary"].as_str()),
        (200, Some("make schedule nightly"))
    );
    assert_eq!(planned.json()["actions"].as_array().unwrap().len(), 6);

    let made = app.ours("POST", "/schedules", &nightly()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.json()["in_words"], "every day at 03:30");
    assert_eq!(made.json()["created_by"].as_str().unwrap().split(':').next(), Some("local"));
    let again = app.ours("POST", "/schedules", &nightly()).await;
    assert_eq!(again.status, 409);

    let run = app.ours("POST", "/schedules/nightly/run", &Value::Null).await;
    assert_eq!((run.status, &run.json()["outcome"]), (200, &json!("skipped")));
    assert_eq!(run.json()["note"], "there are no tenants with the tag eu");
    let paused = app.ours("PATCH", "/schedules/nightly", &json!({ "paused": true })).await;
    assert_eq!(paused.json()["next"], json!([]));
    let shown = app.ours("GET", "/schedules/nightly", &Value::Null).await.json();
    assert_eq!(shown["runs"].as_array().unwrap().len(), 1);

    let planned = app.ours("DELETE", "/schedules/nightly?dry_run=true", &Value::Null).await;
    assert_eq!(planned.status, 200);
    assert_eq!(app.ours("DELETE", "/schedules/nightly", &Value::Null).await.status, 204);
    assert_eq!(app.ours("GET", "/schedules", &Value::Null).await.json()["items"], json!([]));
    let gone = app.ours("GET", "/schedules/nightly", &Value::Null).await;
    assert_eq!(problem(&gone).hint.as_deref(), Some("list them with `berth schedule list`"));
}

#[tokio::test]
async fn unknown_fields_and_hostile_words_are_refused() {
    let app = App::start().await;
    let mut request = nightly();
    request["command"] = json!("rm -rf /");
    assert_eq!(app.ours("POST", "/schedules", &request).await.status, 400);

    for (field, value) in [
        ("name", "$(reboot)"),
        ("action", "exec"),
        ("cron", "* * * * * root reboot"),
        ("cron", "@reboot"),
        ("zone", "../../etc/passwd"),
        ("tag", "%"),
        ("catch_up", "-1h"),
    ] {
        let mut request = nightly();
        request[field] = json!(value);
        let refused = app.ours("POST", "/schedules", &request).await;
        assert_eq!(problem(&refused).problems[0].field, field, "{value}");
    }
}
