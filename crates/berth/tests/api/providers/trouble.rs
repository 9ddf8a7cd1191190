//! Providers that are down, slow or hostile, and what must not be seen of them.

use std::time::Duration;

use berth_testkit::idp::{ACCESS_TOKEN, Reply, SECRET};
use serde_json::{Value, json};

use super::world::{TRUSTED, World, session_of};
use crate::app::problem;
use crate::canaries::seen::Logs;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const CORP: &str = "/sign-in/providers/corp";

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be_and_no_more() {
    let world = World::new(TRUSTED).await;
    world.idp.reply(DISCOVERY, Reply::Status(503));

    let down = world.app.call("GET", CORP, &Value::Null).await;

    let told = problem(&down);
    assert_eq!(
        (told.status, told.detail.as_str()),
        (503, "Example Corp does not answer as a provider does")
    );
    assert!(down.header("retry-after").is_some());
    assert!(!down.text().contains("127.0.0.1") && told.because.is_empty(), "{}", down.text());
    world.idp.behave();
    world.pass(10);
    assert_eq!(world.come(&json!({})).await.status, 303);
}

#[tokio::test]
async fn a_provider_that_goes_down_while_somebody_is_there_keeps_nobody_waiting_later() {
    let world = World::new(TRUSTED).await;
    world.idp.reply("/token", Reply::Status(500));
    for _ in 0..40 {
        let back = world.come(&json!({})).await;
        assert_eq!(problem(&back).status, 503, "{}", back.text());
        assert!(session_of(&back).is_none());
    }

    world.idp.behave();

    assert_eq!(world.come(&json!({})).await.status, 303);
    assert!(!world.told("").await.iter().any(|line| line.contains("denied")));
}

#[tokio::test]
async fn a_provider_that_hangs_is_given_up() {
    let world = World::patient(TRUSTED, Duration::from_millis(300)).await;
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);
    world.idp.reply("/token", Reply::Hang);

    assert_eq!(problem(&world.back(Some(&cookie), &query).await).status, 503);
}

#[tokio::test]
async fn words_of_a_provider_do_nothing_to_whoever_reads_them() {
    let world = World::new(TRUSTED).await;
    let (url, cookie) = world.begin("").await;
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    let hostile = "%1b%5b2J%0d%0aSet-Cookie:%20a=b%3cscript%3e";

    let query = format!("error={hostile}&error_description={hostile}&state={state}");
    let back = world.back(Some(&cookie), &query).await;

    let told = problem(&back);
    assert_eq!(told.status, 401);
    assert_eq!(
        told.detail,
        "the provider did not sign anybody in: `\\u{1b}[2J\\r\\nSet-Cookie: a=b<script>`"
    );
    assert!(back.header("set-cookie").is_none() && !back.text().contains('\u{1b}'));
    for crooked in ["", "state=a", "code=a", "code=a&state=b&state=c", "code=a&error=b&state=c"] {
        let (_, cookie) = world.begin("").await;
        let back = world.back(Some(&cookie), crooked).await;
        assert_eq!(problem(&back).status, 400, "{crooked}");
    }
    world.idp.reply("/token", Reply::Error("invalid\u{1b}[2J_client".to_owned()));
    let back = world.come(&json!({})).await;
    assert_eq!(back.status, 503);
    assert!(!back.text().contains("2J"), "{}", back.text());
}

#[tokio::test]
async fn no_secret_of_a_sign_in_is_seen_anywhere() {
    let logs = Logs::gather();
    let world = World::new(TRUSTED).await;
    Logs::hear_all();
    let (url, cookie) = world.begin("").await;
    let query = world.idp.visit(&url);
    let mut seen = String::new();
    for (cookie, query) in [
        (None, query.as_str()),
        (Some(cookie.as_str()), "error=access_denied&state=x"),
        (Some(cookie.as_str()), query.as_str()),
        (Some(cookie.as_str()), query.as_str()),
    ] {
        seen += &world.back(cookie, query).await.text();
    }
    world.idp.reply(
        "/token",
        Reply::Json(json!({ "access_token": ACCESS_TOKEN, "id_token": ACCESS_TOKEN })),
    );
    seen += &world.come(&json!({})).await.text();
    for path in ["/audit", "/organisations/default/audit", "/people", "/status"] {
        seen += &world.app.call("GET", path, &Value::Null).await.text();
    }
    let said = logs.text();
    assert!(
        said.contains("a provider of sign-ins does not do its part"),
        "the log is heard:\n{said}"
    );
    let stored = std::fs::read(world.app.folder().join("berth.db")).unwrap();
    let mut stored = String::from_utf8_lossy(&stored).into_owned();
    let journal = std::fs::read(world.app.folder().join("berth.db-wal")).unwrap_or_default();
    stored += &String::from_utf8_lossy(&journal);

    let held = cookie.split_once('=').unwrap().1;
    for canary in [SECRET, ACCESS_TOKEN, "canary-of-the-code", held] {
        assert!(!seen.contains(canary), "{canary} in an answer");
        assert!(!stored.contains(canary), "{canary} in the control database");
        let line = said.lines().find(|line| line.contains(canary));
        assert_eq!(line, None, "{canary} in the log");
    }
}
