//! Webhooks over HTTP.

use serde_json::{Value, json};

use crate::app::{App, problem};

fn hook() -> Value {
    json!({ "url": "https://hooks.example.com/berth", "events": "tenant.*" })
}

#[tokio::test]
async fn the_secret_is_shown_once_and_nowhere_else() {
    let app = App::start().await;
    let planned = app.ours("POST", "/webhooks?dry_run=true", &hook()).await;
    assert_eq!(planned.status, 200, "{}", planned.text());

    let made = app.ours("POST", "/webhooks", &hook()).await;

    assert_eq!((made.status, &made.headers["cache-control"]), (201, &"no-store".parse().unwrap()));
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() > 40);
    for path in
        ["/webhooks", "/webhooks/hooks.example.com", "/webhooks/hooks.example.com/deliveries"]
    {
        let shown = app.ours("GET", path, &Value::Null).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        assert!(!shown.text().contains(&secret[6..]), "{path}");
    }
    let set = json!({ "enabled": false });
    let set = app.ours("PATCH", "/webhooks/hooks.example.com", &set).await;
    assert_eq!(
        (set.json()["enabled"].clone(), set.text().contains("whsec")),
        (json!(false), false)
    );
    assert_eq!(app.ours("DELETE", "/webhooks/hooks.example.com", &Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_message_that_was_tried_says_what_came_of_it() {
    let app = App::start().await;
    app.ours("POST", "/webhooks", &hook()).await;

    let sent = app.ours("POST", "/webhooks/hooks.example.com/test", &Value::Null).await;
    let mail = app.ours("POST", "/webhooks/mail/test", &Value::Null).await;

    assert_eq!((sent.status, &sent.json()["kind"]), (200, &json!("notice.test")));
    assert_eq!(problem(&mail).problems[0].message, "no mail is configured");
    for id in ["msg_0198c0de00007000800000000000f001", "x", "op_0198c0de00007000800000000000f001"] {
        let path = format!("/webhooks/hooks.example.com/deliveries/{id}/redeliver");
        assert_eq!(app.ours("POST", &path, &Value::Null).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn crooked_webhooks_are_refused() {
    let app = App::start().await;

    for (field, value) in
        [("url", "gopher://x"), ("name", "No Name"), ("name", "mail"), ("events", "tenant")]
    {
        let mut request = hook();
        request[field] = json!(value);
        let refused = app.ours("POST", "/webhooks", &request).await;
        assert_eq!(problem(&refused).problems[0].field, field, "{value}");
    }
}
