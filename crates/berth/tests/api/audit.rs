//! Who did what, over HTTP.

use serde_json::{Value, json};

use crate::app::{App, problem};

async fn set_quota(app: &App, owner: &str) -> String {
    let path = format!("/quotas/{owner}");
    let answer = app.ours("PUT", &path, &json!({ "tenants": 3 })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn an_entry_says_who_asked_by_which_way_and_in_which_request() {
    let app = App::start().await;
    let request = set_quota(&app, "anna").await;

    let answer = app.ours("GET", "/audit", &Value::Null).await;

    assert_eq!(answer.status, 200, "{}", answer.text());
    let list = answer.json();
    let entry = &list["items"][0];
    let uid = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(app.folder()).unwrap());
    assert_eq!(entry["actor"], format!("local:{uid}"));
    assert_eq!((&entry["action"], &entry["name"]), (&json!("quota.set"), &json!("anna")));
    assert_eq!((&entry["via"], &entry["request"]), (&json!("socket"), &json!(request)));
    assert_eq!((&entry["before"], &entry["after"]["tenants"]), (&Value::Null, &json!(3)));
    assert_eq!((list["items"].as_array().unwrap().len(), &list["next"]), (1, &Value::Null));
}

#[tokio::test]
async fn pages_join_and_conditions_are_kept() {
    let app = App::start().await;
    for owner in ["anna", "bert", "carl"] {
        set_quota(&app, owner).await;
    }

    let first = app.ours("GET", "/audit?limit=2", &Value::Null).await.json();
    let next = first["next"].as_str().unwrap();
    let second = app.ours("GET", &format!("/audit?limit=2&before={next}"), &Value::Null).await;
    let berts = app.ours("GET", "/audit?object=bert&action=quota.set", &Value::Null).await;

    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&first), ["carl", "bert"]);
    assert_eq!(names(&second.json()), ["anna"]);
    assert_eq!(names(&berts.json()), ["bert"]);
}

#[tokio::test]
async fn what_is_done_to_the_installation_belongs_to_no_organisation() {
    let app = App::start().await;
    let shown = app.call("POST", "/setup-token", &Value::Null).await;
    let token = shown.json()["token"].as_str().unwrap().to_owned();

    let installation = app.call("GET", "/audit", &Value::Null).await;
    let ours = app.ours("GET", "/audit", &Value::Null).await;

    assert_eq!(installation.json()["items"][0]["action"], "setup_token.show");
    assert!(!installation.text().contains(&token));
    assert_eq!(ours.json()["items"], json!([]));
}

#[tokio::test]
async fn crooked_questions_are_refused() {
    let app = App::start().await;

    for (query, status) in
        [("limit=0", 422), ("outcome=maybe", 422), ("actor=x", 422), ("who=x", 400)]
    {
        let refused = app.ours("GET", &format!("/audit?{query}"), &Value::Null).await;
        assert_eq!(problem(&refused).status, status, "{query}");
    }
}
