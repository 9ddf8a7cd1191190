//! Who is told what happens.

mod last_word;
mod rows;

use berth_domain::notice::DeliveryState;
use berth_domain::{OperationId, Tenant, TenantState};
use berth_engine::request::{CreateWebhook, HistoryRequest, SetWebhook};
use berth_engine::view::NewWebhook;
use berth_engine::{EngineError, Undelivered};
use berth_engine_testkit::{ACTOR, FakeMessenger, ORG};
use berth_store::deliveries::{self, Delivery};
use berth_store::events::{self, NewEvent};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::stage::{Stage, problems};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

async fn hook(stage: &Stage, events: &str) -> NewWebhook {
    let request = CreateWebhook {
        url: "https://hooks.example.com/berth".to_owned(),
        name: Some("hook".to_owned()),
        events: Some(events.to_owned()),
    };
    stage.process().engine.create_webhook(&ACTOR, ORG, &request).await.unwrap()
}

fn carrier(stage: &Stage) -> &FakeMessenger {
    &stage.installation.messenger
}

/// The titles of what arrived at webhooks.
fn titles(stage: &Stage) -> Vec<String> {
    carrier(stage).posted().into_iter().map(|(_, message)| message.title).collect()
}

/// Waits until so many messages arrived, and until that is written: a process that ends before that
/// sends them again.
async fn arrive(stage: &Stage, how_many: usize) {
    stage.until(async || titles(stage).len() >= how_many && !is_sending(stage).await).await;
    assert_eq!(titles(stage).len(), how_many, "{:?}", titles(stage));
}

/// Whether an attempt goes on: one that ended left what came of it.
async fn is_sending(stage: &Stage) -> bool {
    let mut tx = stage.installation.store.read().await.unwrap();
    for subscription in berth_store::subscriptions::all(&mut tx).await.unwrap().rows {
        let messages = deliveries::list(&mut tx, subscription.id, 100).await.unwrap().rows;
        let goes_on = |it: &Delivery| {
            it.state == DeliveryState::Waiting && it.attempts > 0 && it.error.is_none()
        };
        if messages.iter().any(goes_on) {
            return true;
        }
    }
    false
}

/// Waits until every event that there is was looked at.
async fn looked_at(stage: &Stage) {
    stage
        .until(async || {
            let mut tx = stage.installation.store.read().await.unwrap();
            let latest = events::latest(&mut tx).await.unwrap();
            let all = berth_store::subscriptions::all(&mut tx).await.unwrap().rows;
            all.iter().all(|one| one.cursor >= latest || one.disabled.is_some())
        })
        .await;
}

/// Something happens to a tenant, as the reconciler would write it.
async fn happens(stage: &Stage, kind: &str, reason: &str) {
    let tenant = stage.get("acme").await;
    let data = json!({ "tenant": "acme", "reason": reason, "hint": null });
    happens_to(stage, &tenant, kind, data).await;
}

async fn happens_to(stage: &Stage, tenant: &Tenant, kind: &str, data: serde_json::Value) {
    let event = NewEvent {
        organisation: tenant.organisation,
        operation: None,
        tenant: Some(tenant.id),
        kind: kind.to_owned(),
        data,
    };
    let mut tx = stage.installation.store.begin().await.unwrap();
    events::append(&mut tx, &event, stage.installation.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The tenant is broken, and an operation is said to be stuck over it.
async fn breaks(stage: &Stage) {
    breaks_by(stage, "the image is gone").await;
}

async fn breaks_by(stage: &Stage, error: &str) {
    let failed = OperationId::from_uuid(stage.installation.ids.uuid());
    let since = stage.installation.clock.now();
    stage.put("acme", TenantState::Broken { since, failed, suspended: false }).await;
    let tenant = stage.get("acme").await;
    let event = NewEvent {
        organisation: tenant.organisation,
        operation: Some(failed),
        tenant: Some(tenant.id),
        kind: "state".to_owned(),
        data: json!({ "state": "stuck", "error": error }),
    };
    let mut tx = stage.installation.store.begin().await.unwrap();
    events::append(&mut tx, &event, since).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_tenant_is_told_once_and_that_it_is_well_again() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let made = hook(&stage, "*").await;
    assert!(made.secret.expose_secret().starts_with("whsec_"));

    breaks(&stage).await;
    arrive(&stage, 1).await;
    let (url, message) = carrier(&stage).posted().remove(0);
    assert_eq!(url, "https://hooks.example.com/berth");
    assert_eq!(message.kind, "tenant.broken");
    assert_eq!(message.message, "the image is gone");
    assert_eq!(message.tenant.as_deref(), Some("acme"));

    stage.put("acme", TenantState::Running).await;
    arrive(&stage, 2).await;

    assert_eq!(titles(&stage), ["acme is broken", "acme is well again"]);
    assert_eq!(carrier(&stage).posted()[1].1.kind, "tenant.recovered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_reason_is_told_once_an_hour() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "tenant.expires").await;
    happens(&stage, "tenant.expires", "x").await;
    arrive(&stage, 1).await;

    stage.pass(MINUTE * 30).await;
    happens(&stage, "tenant.expires", "x").await;
    looked_at(&stage).await;
    stage.pass(MINUTE * 31).await;
    happens(&stage, "tenant.expires", "x").await;

    arrive(&stage, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_too_soon_is_told_when_the_hour_is_over() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "tenant.broken").await;
    breaks(&stage).await;
    arrive(&stage, 1).await;
    stage.put("acme", TenantState::Running).await;
    arrive(&stage, 2).await;

    stage.pass(MINUTE).await;
    breaks(&stage).await;
    looked_at(&stage).await;
    assert_eq!(titles(&stage).len(), 2);

    stage.pass(MINUTE * 60).await;
    arrive(&stage, 3).await;
    assert_eq!(titles(&stage)[2], "acme is broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_somebody_wants_to_hear_is_told() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "operation.stuck").await;
    happens(&stage, "tenant.expires", "x").await;
    happens(&stage, "tenant.noted", "x").await;
    looked_at(&stage).await;
    assert!(titles(&stage).is_empty());

    breaks(&stage).await;
    arrive(&stage, 1).await;

    assert_eq!(carrier(&stage).posted()[0].1.kind, "operation.stuck");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_tried_again_until_it_arrives() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    let failed = || Undelivered::Failed("it answered 503".to_owned());
    carrier(&stage).fail([failed(), failed()]);

    happens(&stage, "tenant.expires", "x").await;
    attempts(&stage, 1).await;
    let waiting = first(&stage).await;
    assert_eq!(waiting.error.as_deref(), Some("it answered 503"));
    stage.pass(SignedDuration::from_secs(11)).await;
    attempts(&stage, 2).await;
    stage.pass(SignedDuration::from_secs(61)).await;

    arrive(&stage, 1).await;
    attempts(&stage, 3).await;
    assert_eq!(first(&stage).await.state, DeliveryState::Delivered);
}

async fn first(stage: &Stage) -> berth_engine::view::Delivery {
    stage
        .process()
        .engine
        .messages(&ACTOR, ORG, "hook", &HistoryRequest::default())
        .await
        .unwrap()
        .items
        .remove(0)
}

/// Waits until so many attempts were made and settled.
async fn attempts(stage: &Stage, how_many: u32) {
    stage
        .until(async || {
            let all = stage
                .process()
                .engine
                .messages(&ACTOR, ORG, "hook", &HistoryRequest::default())
                .await
                .unwrap()
                .items;
            all.first().is_some_and(|it| {
                it.attempts == how_many && (it.error.is_some() || it.finished_at.is_some())
            })
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_never_arrives_is_given_up_and_can_be_sent_again() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    carrier(&stage).fail((0..9).map(|_| Undelivered::Failed("it answered 500".to_owned())));
    happens(&stage, "tenant.expires", "x").await;
    for attempt in 1..=9 {
        attempts(&stage, attempt).await;
        stage.pass(SignedDuration::from_hours(24) + MINUTE).await;
    }
    let given_up = first(&stage).await;
    assert_eq!(given_up.state, DeliveryState::GivenUp);
    let id = given_up.id.to_string();

    stage.process().engine.send_again(&ACTOR, (ORG, "hook"), &id).await.unwrap();

    arrive(&stage, 1).await;
    assert_eq!(carrier(&stage).posted()[0].1.id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_sending_loses_nothing() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    carrier(&stage).hang(true);
    happens(&stage, "tenant.expires", "x").await;
    stage
        .until(async || {
            let all = stage
                .process()
                .engine
                .messages(&ACTOR, ORG, "hook", &HistoryRequest::default())
                .await
                .unwrap()
                .items;
            all.first().is_some_and(|message| message.attempts == 1)
        })
        .await;

    carrier(&stage).hang(false);
    stage.pass(SignedDuration::ZERO).await;

    arrive(&stage, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_gone_is_told_nothing_more() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    hook(&stage, "*").await;
    carrier(&stage).fail([Undelivered::Gone]);
    happens(&stage, "tenant.expires", "x").await;
    let engine = &stage.process().engine;
    stage
        .until(async || {
            engine.webhook(&ACTOR, ORG, "hook").await.unwrap().subscription.disabled.is_some()
        })
        .await;

    breaks(&stage).await;
    looked_at(&stage).await;
    let checks = engine.doctor(&ACTOR).await.unwrap();
    let webhooks = checks.iter().find(|check| check.name == "webhooks").unwrap();
    assert_eq!(webhooks.status, "warning");
    assert!(titles(&stage).is_empty());

    let on = SetWebhook { enabled: Some(true), ..SetWebhook::default() };
    engine.set_webhook(&ACTOR, (ORG, "hook"), &on).await.unwrap();
    happens(&stage, "schedule.missed", "x").await;
    arrive(&stage, 1).await;
    assert_eq!(carrier(&stage).posted()[0].1.kind, "schedule.missed");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_mail_hear_of_it_as_well() {
    let mut stage =
        Stage::with(|installation| installation.messenger.read_by("ops@example.com")).await;
    stage.create("acme").await;
    stage.until(async || stage.process().engine.webhook(&ACTOR, ORG, "mail").await.is_ok()).await;

    breaks(&stage).await;
    stage.until(async || !carrier(&stage).mailed().is_empty()).await;

    assert_eq!(carrier(&stage).mailed()[0].title, "acme is broken");
    let refused = stage.process().engine.delete_webhook(&ACTOR, ORG, "mail").await;
    assert!(matches!(refused, Err(EngineError::Invalid(_))), "{refused:?}");

    let off = SetWebhook { enabled: Some(false), ..SetWebhook::default() };
    stage.process().engine.set_webhook(&ACTOR, (ORG, "mail"), &off).await.unwrap();
    stage.pass(MINUTE).await;
    happens(&stage, "tenant.expires", "x").await;
    looked_at(&stage).await;
    let mail = stage.process().engine.webhook(&ACTOR, ORG, "mail").await.unwrap();
    assert_eq!(mail.subscription.disabled.as_deref(), Some("somebody switched it off"));
    assert_eq!(carrier(&stage).mailed().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_says_whether_it_arrived() {
    let stage = Stage::new().await;
    hook(&stage, "*").await;
    let engine = &stage.process().engine;

    engine.test_webhook(&ACTOR, ORG, "hook").await.unwrap();
    carrier(&stage).fail([Undelivered::Failed("it answered 500".to_owned())]);
    let failed = engine.test_webhook(&ACTOR, ORG, "hook").await.unwrap_err();
    let no_mail = engine.test_webhook(&ACTOR, ORG, "mail").await.unwrap_err();

    assert_eq!(failed.to_string(), "the message did not arrive: it answered 500");
    assert_eq!(no_mail.to_string(), "mail: no mail is configured");
    assert_eq!(titles(&stage), ["a message to try out the way"]);
    assert!(
        engine
            .messages(&ACTOR, ORG, "hook", &HistoryRequest::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_webhook_is_said_at_once() {
    let stage = Stage::new().await;
    let request = CreateWebhook {
        url: "http://127.0.0.1/".to_owned(),
        name: Some("mail".to_owned()),
        events: Some("everything".to_owned()),
    };

    let refused = stage.process().engine.create_webhook(&ACTOR, ORG, &request).await;

    insta::assert_snapshot!(problems(refused).join("\n"));
}
