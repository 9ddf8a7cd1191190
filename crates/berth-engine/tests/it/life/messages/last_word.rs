//! That the last word about something is the right one, and the only one.

use berth_domain::disk::{DiskLevel, Threshold, Thresholds};
use berth_domain::notice::DeliveryState;
use berth_domain::storage::Level;
use berth_domain::{Bytes, TenantState};
use berth_engine::Undelivered;
use berth_engine::request::{HistoryRequest, SetWebhook};
use berth_engine_testkit::{ACTOR, ORG};
use berth_store::disks::{self, Disk};
use berth_store::{events, storage};
use serde_json::json;

use super::super::stage::Stage;
use super::{
    MINUTE, arrive, attempts, breaks, breaks_by, carrier, first, happens, hook, looked_at, titles,
};

fn failed() -> Undelivered {
    Undelivered::Failed("it answered 503".to_owned())
}

/// Waits until one more look at everything is over, by two messages that follow each other.
async fn look(stage: &Stage) {
    for kind in ["tenant.expires", "schedule.missed"] {
        let before = titles(stage).len();
        happens(stage, kind, "x").await;
        stage.until(async || titles(stage).len() > before).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_started_again_and_again_is_told_once_an_hour() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "tenant.drifted").await;
    breaks(&stage).await;
    happens(&stage, "drifted", "Odoo ended with code 1, after 1 restart; not before 10:00").await;
    arrive(&stage, 1).await;

    happens(&stage, "drifted", "Odoo takes long to start").await;
    happens(&stage, "drifted", "Odoo ended with code 1, after 2 restarts; not before 10:01").await;
    looked_at(&stage).await;
    stage.pass(MINUTE * 61).await;
    happens(&stage, "drifted", "Odoo ended with code 1, after 3 restarts; not before 11:01").await;

    arrive(&stage, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_over_its_limit_is_not_well_because_it_was_started_again() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.until(async || stage.is_measured("acme").await).await;
    hook(&stage, "*").await;
    stage.outgrow("acme").await;
    happens(&stage, "tenant.over_limit", "x").await;
    arrive(&stage, 1).await;

    stage.put("acme", TenantState::Running).await;
    look(&stage).await;
    assert!(titles(&stage).iter().all(|title| title != "acme is well again"));

    let id = stage.get("acme").await.id;
    let mut tx = stage.installation.store.begin().await.unwrap();
    storage::set_level(&mut tx, id, Level::Fits).await.unwrap();
    tx.commit().await.unwrap();
    arrive(&stage, 4).await;
    assert_eq!(titles(&stage)[3], "acme is well again");
}

const fn low_below(bytes: u64) -> Thresholds {
    Thresholds { low: Threshold::Bytes(Bytes(bytes)), full: Threshold::Bytes(Bytes(0)) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_runs_full_again_too_soon_is_told_when_the_hour_is_over() {
    let mut stage = Stage::new().await;
    hook(&stage, "host.*").await;
    stage.installation.settings.disk = low_below(u64::MAX);
    stage.pass(MINUTE).await;
    arrive(&stage, 1).await;
    stage.installation.settings.disk = low_below(0);
    stage.pass(MINUTE).await;
    arrive(&stage, 2).await;

    stage.installation.settings.disk = low_below(u64::MAX);
    stage.pass(MINUTE).await;
    stage.until(async || stage.events("host.disk_low").await.len() == 2).await;
    looked_at(&stage).await;
    assert_eq!(titles(&stage).len(), 2);
    stage.pass(MINUTE * 60).await;

    arrive(&stage, 3).await;
    assert_eq!(titles(&stage), ["a disk runs full", "the host is well again", "a disk runs full"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_not_looked_at_any_more_is_said_to_be_none() {
    let mut stage = Stage::with(|it| it.settings.disk = low_below(u64::MAX)).await;
    // The disks were looked at, and are not again before the next process.
    stage.until(async || stage.events("host.disk_low").await.len() == 1).await;
    hook(&stage, "host.*").await;
    let now = stage.installation.clock.now();
    let disk = Disk {
        place: "engine".to_owned(),
        path: "/var/lib/engine".to_owned(),
        level: DiskLevel::Low,
        since: now,
        looked_at: now,
        space: berth_domain::disk::Space::default(),
    };
    let data = json!({ "place": "engine", "path": "/var/lib/engine", "level": "low" });
    let mut tx = stage.installation.store.begin().await.unwrap();
    disks::put(&mut tx, &disk).await.unwrap();
    events::append_to_all(&mut tx, "host.disk_low", &data, now).await.unwrap();
    tx.commit().await.unwrap();
    arrive(&stage, 1).await;

    stage.pass(MINUTE).await;

    arrive(&stage, 2).await;
    assert_eq!(titles(&stage)[1], "a disk is not looked at any more");
    assert_eq!(carrier(&stage).posted()[1].1.kind, "host.recovered");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_well_again_before_anybody_heard_of_it_is_not_told() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    carrier(&stage).fail([failed()]);
    breaks(&stage).await;
    attempts(&stage, 1).await;

    stage.put("acme", TenantState::Running).await;
    stage.until(async || first(&stage).await.state == DeliveryState::GivenUp).await;
    assert_eq!(first(&stage).await.error.as_deref(), Some("it is well again"));
    stage.pass(MINUTE).await;
    happens(&stage, "schedule.missed", "x").await;

    arrive(&stage, 1).await;
    assert_eq!(titles(&stage), ["schedule - missed its time"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_heard_that_it_was_wrong_hears_that_it_is_well() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "tenant.broken").await;
    breaks(&stage).await;
    arrive(&stage, 1).await;
    carrier(&stage).fail([failed()]);
    breaks_by(&stage, "the network is gone").await;
    stage.until(async || first(&stage).await.state == DeliveryState::Waiting).await;
    attempts(&stage, 1).await;

    stage.put("acme", TenantState::Running).await;
    arrive(&stage, 2).await;
    stage.pass(MINUTE).await;
    looked_at(&stage).await;

    assert_eq!(titles(&stage), ["acme is broken", "acme is well again"]);
    let all = stage
        .process()
        .engine
        .messages(&ACTOR, ORG, "hook", &HistoryRequest::default())
        .await
        .unwrap()
        .items;
    assert_eq!(all.len(), 3);
    assert_eq!(all[1].state, DeliveryState::GivenUp, "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_for_one_who_was_switched_off() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    carrier(&stage).fail([failed()]);
    happens(&stage, "tenant.expires", "x").await;
    attempts(&stage, 1).await;
    let set = async |stage: &Stage, enabled| {
        let request = SetWebhook { enabled: Some(enabled), ..SetWebhook::default() };
        let engine = &stage.process().engine;
        engine.set_webhook(&ACTOR, (ORG, "hook"), &request).await.unwrap()
    };

    let off = set(&stage, false).await;
    let given_up = first(&stage).await;
    assert_eq!(given_up.state, DeliveryState::GivenUp);
    assert_eq!(given_up.error.as_deref(), Some("somebody switched it off"));
    breaks(&stage).await;
    stage.pass(MINUTE).await;
    let engine = &stage.process().engine;
    let still = engine.webhook(&ACTOR, ORG, "hook").await.unwrap().subscription.cursor;
    assert_eq!(still, off.subscription.cursor, "nothing is looked at for it");
    set(&stage, true).await;
    happens(&stage, "schedule.missed", "x").await;

    arrive(&stage, 1).await;
    assert_eq!(titles(&stage), ["schedule - missed its time"]);
}
