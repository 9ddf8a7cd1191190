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

/// Waits until a step of an operation was begun.
async fn at_step(app: &App, id: &str, name: &str) {
    wait::until(DEADLINE, async || {
        let shown = app.ours("GET", &format!("/operations/{id}"), &Value::Null).await.json();
        let mut steps = shown["steps"].as_array().into_iter().flatten();
        steps.any(|step| step["name"] == name && step["state"] == "running")
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
async fn a_dry_run_of_a_cancellation_answers_what_would_be_taken_back() {
    let app = App::start().await;
    let id = demo(&app).await;
    reaches(&app, &id, "running").await;
    at_step(&app, &id, "wait").await;

    let path = format!("/operations/{id}/cancel?dry_run=true");
    let planned = app.ours("POST", &path, &Value::Null).await;

    assert_eq!(planned.status, 200, "{}", planned.text());
    insta::assert_json_snapshot!(planned.json());
    // The driver has nothing to do with what was only asked about.
    let journal = app.ours("GET", &format!("/operations/{id}"), &Value::Null).await.json();
    assert_eq!((&journal["state"], &journal["error"]), (&"running".into(), &Value::Null));
}

#[tokio::test]
async fn a_dry_run_is_refused_when_the_real_thing_is() {
    let app = App::start().await;
    let id = demo(&app).await;

    for verb in ["retry", "undo"] {
        let path = format!("/operations/{id}/{verb}");
        let planned = app.ours("POST", &format!("{path}?dry_run=true"), &Value::Null).await;
        let refused = app.ours("POST", &path, &Value::Null).await;

        assert_eq!(problem(&planned).status, 409, "{verb}");
        let title = |answer| problem(answer).title;
        assert_eq!(title(&planned).split(": ").next(), title(&refused).split(": ").next());
    }
}

#[tokio::test]
async fn a_demo_that_is_only_planned_is_not_begun() {
    let app = App::start().await;

    let planned = app.ours("POST", "/operations?dry_run=true", &json!({ "name": "drill" })).await;

    assert_eq!(planned.status, 200, "{}", planned.text());
    assert_eq!(planned.json()["summary"], "begin demo drill");
    let listed = app.ours("GET", "/operations", &Value::Null).await.json();
    assert_eq!(listed["items"], json!([]));
}

#[tokio::test]
async fn a_release_that_is_only_planned_lets_nothing_go_on() {
    let app = App::start().await;
    let id = demo(&app).await;
    at_step(&app, &id, "wait").await;

    let path = format!("/operations/{id}/release?dry_run=true");
    let planned = app.ours("POST", &path, &Value::Null).await;

    assert_eq!(planned.json()["actions"][0]["text"], "stop waiting", "{}", planned.text());
    let events = format!("/api/v1/organisations/default/operations/{id}/events");
    let request = berth_testkit::http::request("GET", &events, &Value::Null);
    // What is told now is read to its end: the cancellation comes after whatever a release wrote.
    app.ours("POST", &format!("/operations/{id}/cancel"), &Value::Null).await;
    let told = app.send(request).await;
    assert!(!told.text().contains("event: released"), "{}", told.text());
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
    let oldest = app.ours("GET", "/operations?sort=created&limit=1", &Value::Null).await.json();
    let path =
        format!("/operations?sort=created&limit=9&after={}", oldest["next"].as_str().unwrap());
    let rest = app.ours("GET", &path, &Value::Null).await.json();
    assert_eq!(
        (&oldest["items"][0]["id"], &rest["items"][0]["id"]),
        (&json!(first), &json!(second))
    );
    let wrong = app.ours("GET", "/operations?sort=created&before=op_1", &Value::Null).await;
    assert_eq!(problem(&wrong).problems[0].message, "a list in this order goes on with `after`");
}

#[tokio::test]
async fn operations_can_be_narrowed_to_a_kind() {
    let app = App::start().await;
    let id = demo(&app).await;
    let listed =
        async |kind: &str| app.ours("GET", &format!("/operations?kind={kind}"), &Value::Null).await;

    let (demos, creations) = (listed("demo").await, listed("tenant.create").await);

    assert_eq!(demos.json()["items"][0]["id"], id.as_str());
    assert_eq!(creations.json()["items"], json!([]));
    let refused = problem(&listed("tenant.creat").await);
    assert_eq!((refused.status, refused.problems[0].field.as_str()), (422, "kind"));
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
