//! What holds for every list that is not one of tenants or operations.

use berth_domain::Timestamp;
use serde_json::{Value, json};

use crate::app::{App, problem};

async fn filled() -> App {
    let app = App::start().await;
    for name in ["a", "b", "c"] {
        let schedule = json!({ "name": name, "action": "restart", "cron": "@daily", "tag": "eu" });
        let hook = json!({ "name": name, "url": "https://hooks.example.com/berth" });
        let token = json!({ "account": name, "scope": "viewer" });
        for (path, body) in [("/schedules", schedule), ("/webhooks", hook), ("/tokens", token)] {
            let made = app.ours("POST", path, &body).await;
            assert_eq!(made.status, 201, "{path}: {}", made.text());
        }
        let set = app.ours("PUT", &format!("/quotas/{name}"), &json!({ "tenants": 1 })).await;
        assert_eq!(set.status, 200, "{}", set.text());
    }
    app
}

/// Reads pages of two until there is no next one.
async fn read(app: &App, path: &str, sort: &str, field: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page =
            app.ours("GET", &format!("{path}?sort={sort}&limit=2{after}"), &Value::Null).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| item[field].as_str().unwrap_or("*").to_owned()));
        let Some(next) = page["next"].as_str() else { return seen };
        after = format!("&after={}", next.replace(':', "%3A"));
    }
}

#[tokio::test]
async fn every_list_comes_page_by_page_in_both_directions() {
    let app = filled().await;

    for (path, by) in [
        ("/schedules", "name"),
        ("/webhooks", "name"),
        ("/tokens", "account"),
        ("/quotas", "owner"),
    ] {
        let mut forward = read(&app, path, by, by).await;
        let backward = read(&app, path, &format!("-{by}"), by).await;

        let named: Vec<&String> = forward.iter().filter(|name| *name != "*").collect();
        assert_eq!(named, ["a", "b", "c"], "{path}");
        forward.reverse();
        assert_eq!(forward, backward, "{path}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_what_is_asked_of_a_list_is_said_at_once() {
    let app = filled().await;

    for path in ["/schedules", "/webhooks", "/tokens", "/quotas", "/uploads"] {
        let query = "sort=size&after=%01%27%20OR%201&limit=0";
        let refused = app.ours("GET", &format!("{path}?{query}"), &Value::Null).await;

        let problem = problem(&refused);
        let fields: Vec<_> = problem.problems.iter().map(|one| one.field.as_str()).collect();
        assert_eq!((problem.status, fields), (422, vec!["sort", "after", "limit"]), "{path}");
    }
    for (path, field) in [("/schedules/a/runs", "outcome"), ("/webhooks/a/deliveries", "state")] {
        let query = format!("{field}=bogus&before=yesterday&limit=1001");
        let refused = app.ours("GET", &format!("{path}?{query}"), &Value::Null).await;

        let problem = problem(&refused);
        let fields: Vec<_> = problem.problems.iter().map(|one| one.field.as_str()).collect();
        assert_eq!((problem.status, fields), (422, vec![field, "before", "limit"]), "{path}");
    }
}

#[tokio::test]
async fn what_came_of_a_schedule_is_listed_newest_first() {
    let app = filled().await;
    for _ in 0..3 {
        let run = app.ours("POST", "/schedules/a/run", &Value::Null).await;
        assert_eq!(run.status, 200, "{}", run.text());
    }

    let first = app.ours("GET", "/schedules/a/runs?limit=2", &Value::Null).await.json();
    let next = first["next"].as_str().unwrap();
    let path = format!("/schedules/a/runs?limit=2&before={next}");
    let last = app.ours("GET", &path, &Value::Null).await.json();
    let started = app.ours("GET", "/schedules/a/runs?outcome=started", &Value::Null).await.json();

    let times = |page: &Value| -> Vec<Timestamp> {
        let runs = page["items"].as_array().unwrap().iter();
        runs.map(|run| run["due_at"].as_str().unwrap().parse().unwrap()).collect()
    };
    assert_eq!((times(&first).len(), times(&last).len()), (2, 1));
    assert!(times(&first)[0] > times(&first)[1] && times(&first)[1] > times(&last)[0]);
    assert_eq!((last["next"].clone(), started["items"].clone()), (Value::Null, json!([])));
}
