//! Operations over HTTP, tried with a demo.

use berth_testkit::wait;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE, NO_OPERATION, problem};

async fn demo(app: &App) -> String {
    let answer = app.ours("POST", "/operations", &json!({ "name": "drill" })).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn reaches(app: &App, id: &str, state: &str) {
    wait::until(DEADLINE, async || {
        app.ours("GET", &format!("/operations/{id}"), &Value::Null).await.json()["state"] == state
    })
    .await;
}

#[tokio::test]
async fn a_demo_goes_on_when_it_is_released() {
    let app = App::start().await;
    let id = demo(&app).await;
    reaches(&app, &id, "running").await;

    let released = app.ours("POST", &format!("/operations/{id}/release"), &Value::Null).await;

    assert_eq!(released.status, 200, "{}", released.text());
    reaches(&app, &id, "done").await;
}

#[tokio::test]
async fn a_demo_that_is_cancelled_is_undone() {
    let app = App::start().await;
    let id = demo(&app).await;
    reaches(&app, &id, "running").await;

    let cancelled = app.ours("POST", &format!("/operations/{id}/cancel"), &Value::Null).await;

    assert_eq!(cancelled.status, 200, "{}", cancelled.text());
    reaches(&app, &id, "undone").await;
    let again = app.ours("POST", &format!("/operations/{id}/cancel"), &Value::Null).await;
    assert_eq!(problem(&again).status, 409);
}

#[tokio::test]
async fn operations_are_listed_newest_first_and_page_by_page() {
    let app = App::start().await;
    let (first, second) = (demo(&app).await, demo(&app).await);

    let page = app.ours("GET", "/operations?limit=1", &Value::Null).await.json();
    let next = page["next"].as_str().unwrap();
    let rest = app.ours("GET", &format!("/operations?before={next}"), &Value::Null).await.json();

    assert_eq!(page["items"][0]["id"], second);
    assert_eq!(rest["items"][0]["id"], first);
    assert_eq!(rest["next"], Value::Null);
}

#[tokio::test]
async fn an_operation_that_is_not_there_is_not_found_whatever_is_asked_of_it() {
    let app = App::start().await;

    for id in [NO_OPERATION, "op_1", "..%2fx"] {
        for (method, end) in [
            ("GET", ""),
            ("GET", "/events"),
            ("POST", "/cancel"),
            ("POST", "/retry"),
            ("POST", "/undo"),
            ("POST", "/release"),
        ] {
            let answer = app.ours(method, &format!("/operations/{id}{end}"), &Value::Null).await;

            assert_eq!(problem(&answer).status, 404, "{method} {id}{end}");
        }
    }
}
