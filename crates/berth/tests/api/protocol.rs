//! What holds for every request.

use serde_json::Value;

use crate::app::{App, problem, worded};

#[tokio::test]
async fn unknown_paths_are_problems() {
    let app = App::start().await;

    for path in ["/api", "/api/v1/", "/api/v1/tenants/", "/api/v1/status/"] {
        let answer = app.send(berth_testkit::http::request("GET", path, &Value::Null)).await;

        let problem = problem(&answer);
        assert_eq!(problem.status, 404, "{path}");
        assert_eq!(problem.instance, path);
    }
    // Elsewhere somebody looks.
    let page = app.send(berth_testkit::http::request("GET", "/web/login", &Value::Null)).await;
    assert_eq!(page.status, 404);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
}

#[tokio::test]
async fn other_methods_are_problems_that_name_the_right_ones() {
    let app = App::start().await;

    let answer = app.ours("PUT", "/tenants", &Value::Null).await;

    insta::assert_json_snapshot!(worded(&answer));
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let app = App::start().await;

    let mut ids = std::collections::BTreeSet::new();
    for path in ["/status", "/nothing", "/status"] {
        let answer = app.call("GET", path, &Value::Null).await;
        ids.insert(answer.header("x-request-id").unwrap().to_owned());
    }

    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| id.len() == 36 && id.starts_with("req_")), "{ids:?}");
}

#[tokio::test]
async fn unknown_parameters_are_refused() {
    let app = App::start().await;

    let unknown = app.ours("GET", "/tenants?stat=running", &Value::Null).await;
    let crooked = app.ours("GET", "/tenants?limit=many", &Value::Null).await;

    insta::assert_json_snapshot!([worded(&unknown), worded(&crooked)]);
}

#[tokio::test]
async fn a_name_that_is_not_text_is_not_found() {
    let app = App::start().await;

    let answer = app.ours("GET", "/tenants/%ff%fe", &Value::Null).await;

    assert_eq!(problem(&answer).status, 404);
}

#[tokio::test]
async fn the_description_is_served() {
    let app = App::start().await;

    let answer = app.call("GET", "/openapi.json", &Value::Null).await;

    assert_eq!(answer.json(), berth_web::openapi());
}
