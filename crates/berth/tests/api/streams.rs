//! Event streams.

use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::LogLine;
use berth_testkit::http::{read_until, request, send};
use berth_testkit::wait;
use bytes::Bytes;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{App, DEADLINE, problem};

async fn demo(app: &App) -> String {
    let answer = app.ours("POST", "/operations", &json!({ "name": "drill" })).await;
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn events(id: &str) -> String {
    format!("/api/v1/organisations/default/operations/{id}/events")
}

/// The ids of a stream that ended.
fn ids(text: &str) -> Vec<i64> {
    text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
}

#[tokio::test]
async fn a_stream_ends_when_its_operation_is_at_rest_and_can_be_read_again() {
    let app = App::start().await;
    let id = demo(&app).await;
    let is_running = |line: &str| line.starts_with("data: ") && line.contains("started");
    let (place, asked) = (app.place(), request("GET", &events(&id), &Value::Null));
    let running = read_until(&place, asked, DEADLINE, is_running);
    assert!(running.await.unwrap());
    app.ours("POST", &format!("/operations/{id}/release"), &Value::Null).await;

    let whole = app.send(request("GET", &events(&id), &Value::Null)).await;

    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type"), Some("text/event-stream"));
    let all = ids(&whole.text());
    assert!(all.len() > 2 && all.is_sorted(), "{}", whole.text());
    let resumed = Request::get(events(&id)).header("last-event-id", all[1].to_string());
    let resumed = app.send(resumed.body(Bytes::new()).unwrap()).await;
    assert_eq!(ids(&resumed.text()), all[2..]);
    let asked = format!("{}?after={}", events(&id), all[1]);
    let asked = app.send(request("GET", &asked, &Value::Null)).await;
    assert_eq!(ids(&asked.text()), all[2..]);
}

#[tokio::test]
async fn an_event_id_that_is_none_is_refused() {
    let app = App::start().await;
    let request = Request::get("/api/v1/organisations/default/events")
        .header("last-event-id", "seven")
        .body(Bytes::new())
        .unwrap();

    assert_eq!(problem(&app.send(request).await).status, 400);
}

/// A tenant whose container has said these words.
async fn saying(app: &App, words: &[&str]) {
    app.ours("POST", "/tenants", &json!({ "name": "acme" })).await;
    let shown = async || app.ours("GET", "/tenants/acme", &Value::Null).await.json();
    wait::until(DEADLINE, async || shown().await["state"] == "running").await;
    let known = app.web.engine.known_tenant(&ACTOR, ORG, "acme").await.unwrap();
    let name = known.tenant.tenant.id.object_name();
    for (second, word) in (0..).zip(words) {
        let at = Some(app.web.engine.now() + SignedDuration::from_secs(second));
        let line = LogLine { at, is_error: false, text: (*word).to_owned() };
        app.runtime().push_log(name.as_str(), line);
    }
}

/// What a log that ends says behind a line, and the ids of that.
async fn log(app: &App, seen: &str) -> Vec<(String, String)> {
    let asked = Request::get("/api/v1/organisations/default/tenants/acme/logs");
    let asked = if seen.is_empty() { asked } else { asked.header("last-event-id", seen) };
    let answer = app.send(asked.body(Bytes::new()).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let all = |name: &'static str| text.lines().filter_map(move |line| line.strip_prefix(name));
    let said = |data: &str| serde_json::from_str::<Value>(data).unwrap()["text"].to_string();
    all("id: ").zip(all("data: ")).map(|(id, data)| (id.to_owned(), said(data))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_broke_off_goes_on_behind_any_of_its_lines() {
    let app = App::with_odoo().await;
    saying(&app, &["one", "two", "three"]).await;

    let whole = log(&app, "").await;

    let texts: Vec<_> = whole.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["\"one\"", "\"two\"", "\"three\""]);
    for (told, (id, _)) in whole.iter().enumerate() {
        assert_eq!(log(&app, id).await, whole[told + 1..], "behind {id}");
    }
    let asked = Request::get("/api/v1/organisations/default/tenants/acme/logs");
    let asked = asked.header("last-event-id", "7").body(Bytes::new()).unwrap();
    let refused = problem(&app.send(asked).await);
    assert_eq!(refused.status, 400);
    assert!(refused.detail.contains("the id of a line"));
}

#[tokio::test]
async fn streams_end_when_berth_stops() {
    let mut app = App::start().await;
    let id = demo(&app).await;
    let place = app.place();
    let all = request("GET", "/api/v1/organisations/default/events", &Value::Null);
    let begun = read_until(&place, all.clone(), DEADLINE, |line| line.contains(&id)).await;
    assert!(begun.unwrap());
    let endless = send(&place, all, DEADLINE);
    let stop = app.stop.clone();

    // The stream is open while the server is told to stop; both must end.
    let (ended, ()) = tokio::join!(endless, async {
        let id = &id;
        let request = request("GET", "/api/v1/organisations/default/events", &Value::Null);
        let open = read_until(&place, request, DEADLINE, |line| line.contains(id)).await;
        assert!(open.unwrap());
        stop.cancel();
    });

    // Cut off by a server that stops, it is either whole or broken off, but it has ended.
    assert!(!matches!(ended, Err(berth_testkit::http::HttpError::Slow(_))));
    app.server.join_next().await.unwrap().unwrap().unwrap();
    assert!(!app.socket().exists());
}
