//! Rows that this version cannot read: they silence nobody and keep nobody busy.

use berth_domain::notice::DeliveryState;
use berth_engine::Undelivered;
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::deliveries;
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use serde_json::json;

use super::super::stage::Stage;
use super::{arrive, attempts, carrier, first, happens, happens_to, hook, titles};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_cannot_be_read_silences_nobody() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.create("globex").await;
    hook(&stage, "*").await;
    let [odd, even] = [stage.get("acme").await, stage.get("globex").await];
    stage.tamper("UPDATE tenant SET state = 'floating' WHERE name = 'acme'").await;

    happens_to(&stage, &odd, "state", json!({ "state": "running" })).await;
    happens_to(&stage, &odd, "tenant.over_limit", json!({ "tenant": "acme" })).await;
    happens_to(&stage, &even, "tenant.expires", json!({})).await;

    arrive(&stage, 2).await;
    let mut told = titles(&stage);
    told.sort();
    assert_eq!(told, ["acme uses more storage than it may", "globex expires soon"]);
    // Nor while it is looked at whether it is well again.
    happens_to(&stage, &even, "schedule.missed", json!({})).await;
    arrive(&stage, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_of_events_that_cannot_be_read_hides_those_behind_them() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;

    // More than are read at a time, and one that can be read.
    stage
        .tamper(
            "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < 601)
             INSERT INTO event (id, organisation_id, tenant_id, kind, data, at)
             SELECT (SELECT value FROM counter WHERE name = 'event') + n, organisation_id, id,
                    'tenant.expires', CASE n WHEN 601 THEN '{}' ELSE 'odd' END, 0
             FROM one CROSS JOIN tenant",
        )
        .await;
    stage.tamper("UPDATE counter SET value = value + 601 WHERE name = 'event'").await;

    arrive(&stage, 1).await;
    let mut told = stage.process().engine.events(&ACTOR, ORG, 0, None).await.unwrap();
    while told.next().await.unwrap().unwrap().kind != "tenant.expires" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_cannot_be_read_it_is_told_again() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    happens(&stage, "tenant.expires", "x").await;
    arrive(&stage, 1).await;
    stage.tamper("UPDATE trouble SET state = 'floating'").await;

    happens(&stage, "tenant.expires", "x").await;

    arrive(&stage, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_subscription_that_cannot_be_read_waits_longer_each_time() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    let id = hook(&stage, "*").await.webhook.subscription.id;
    carrier(&stage).fail([Undelivered::Failed("it answered 503".to_owned())]);
    happens(&stage, "tenant.expires", "x").await;
    attempts(&stage, 1).await;
    stage.tamper("UPDATE subscription SET events = 'everything'").await;

    stage.pass(SignedDuration::from_secs(11)).await;

    let message = async || {
        let mut tx = stage.installation.store.read().await.unwrap();
        deliveries::list(&mut tx, id, 1).await.unwrap().rows.remove(0)
    };
    let why = "its subscription cannot be read";
    stage.until(async || message().await.error.as_deref() == Some(why)).await;
    let message = message().await;
    assert_eq!((message.attempts, message.state), (2, DeliveryState::Waiting));
    assert!(message.next_at.unwrap() > stage.installation.clock.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_secret_cannot_be_opened_waits_longer_each_time() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let id = hook(&stage, "*").await.webhook.subscription.id;
    stage.tamper(&format!("UPDATE secret SET value = 'odd' WHERE owner = '{id}'")).await;

    happens(&stage, "tenant.expires", "x").await;

    attempts(&stage, 1).await;
    let message = first(&stage).await;
    assert_eq!(message.state, DeliveryState::Waiting);
    let error = message.error.unwrap();
    assert!(error.starts_with("its secret cannot be opened: "), "{error}");
    assert!(titles(&stage).is_empty());
}
