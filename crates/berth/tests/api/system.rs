//! The installation itself.

use serde_json::Value;

use crate::app::App;

#[tokio::test]
async fn the_status_is_that_of_this_home() {
    let app = App::start().await;

    let status = app.call("GET", "/status", &Value::Null).await.json();

    assert_eq!(status["home_id"], "test-web");
    assert_eq!(status["home"], app.folder().display().to_string());
    assert_eq!(status["claimed"], false);
}

#[tokio::test]
async fn the_doctor_looks_at_something() {
    let app = App::start().await;

    let checks = app.call("GET", "/doctor", &Value::Null).await.json();

    assert!(!checks["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn metrics_are_for_prometheus() {
    let app = App::start().await;

    let answer = app.call("GET", "/metrics", &Value::Null).await;

    let media = answer.header("content-type").unwrap();
    assert!(media.starts_with("application/openmetrics-text"), "{media}");
    assert!(answer.text().contains("berth_tests_total 0"), "{}", answer.text());
    assert!(answer.text().ends_with("# EOF\n"));
    assert_eq!(answer.text().matches("# EOF").count(), 1);
}

#[tokio::test]
async fn what_fills_the_disks_is_told_by_kind() {
    let app = App::start().await;

    let answer = app.call("GET", "/disk", &Value::Null).await;

    let disk = answer.json();
    assert_eq!(disk["places"][0]["name"], "home");
    assert_eq!(disk["places"][0]["level"], "enough");
    let kinds: Vec<_> = disk["uses"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert!(kinds.iter().any(|kind| *kind == "kept logs"), "{kinds:?}");
}

#[tokio::test]
async fn each_code_to_claim_is_a_new_one_and_is_kept_by_nobody() {
    let app = App::start().await;

    let one = app.call("POST", "/setup-token", &Value::Null).await;
    let two = app.call("POST", "/setup-token", &Value::Null).await;

    assert_eq!(one.header("cache-control"), Some("no-store"));
    assert_eq!(one.json()["token"].as_str().unwrap().len(), 29, "{}", one.text());
    assert_ne!(one.json(), two.json());
}
