//! What is noted about a tenant, and states that are kept through changes.

use berth_domain::{Bytes, TenantState};
use berth_edge::RouteState;
use berth_engine::request::{NoteTenant, SetTenant, TenantChange, TenantFilter};
use berth_engine::{EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, ORG};

use super::stage::{Stage, nobody, problems};

fn notes() -> NoteTenant {
    NoteTenant {
        notes: Some("pays late".into()),
        tag: vec!["vip".into(), "eu".into()],
        owner: Some("anna".into()),
        expires: Some("2026-12-31".into()),
        storage: Some("10GiB".into()),
        ..NoteTenant::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_noted_holds_at_once_and_is_told() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let before = stage.get("acme").await;

    let now = stage.note("acme", notes()).await;

    assert_eq!(now.storage, Some(Bytes(10 << 30)));
    assert_eq!(now.details.owner.as_ref().unwrap().as_str(), "anna");
    assert_eq!(now.details.expires_at.unwrap().to_string(), "2027-01-01T00:00:00Z");
    assert_eq!((now.generation, now.state), (before.generation, TenantState::Running));
    let event = stage.events("tenant.noted").await.remove(0);
    assert_eq!(event.data["actor"], "local:0");
    assert_eq!(event.data["before"]["owner"], serde_json::Value::Null);
    assert_eq!(event.data["after"]["tags"], serde_json::json!(["eu", "vip"]));
    let filter = TenantFilter {
        tag: Some("vip".into()),
        owner: Some("anna".into()),
        expiring: Some("2026-12-31".into()),
        ..TenantFilter::default()
    };
    assert_eq!(
        stage.process().engine.tenants(&ACTOR, ORG, &filter).await.unwrap().tenants.len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_notes_and_limits_says_all_of_it_and_changes_nothing() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let before = stage.get("acme").await;
    let request = SetTenant { pids: Some(96), notes: notes(), ..SetTenant::default() };

    let plan = stage.process().engine.plan_set(&ACTOR, ORG, "acme", &request).await.unwrap();

    let lines: Vec<&str> = plan.actions.iter().map(|action| action.text.as_str()).collect();
    assert_eq!(
        lines,
        [
            "notes: none -> pays late",
            "tags: none -> eu, vip",
            "owner: nobody -> anna",
            "expires: never -> 2027-01-01T00:00:00Z",
            "storage: no bound -> 10 GiB",
            "processes: 64 -> 96",
            "replace the container; requests wait meanwhile",
        ]
    );
    assert_eq!(stage.get("acme").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn crooked_notes_and_limits_are_named_at_once_and_nothing_is_noted() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let before = stage.get("acme").await;
    let notes = NoteTenant {
        tag: vec!["A b".into()],
        owner: Some("a b".into()),
        expires: Some("yesterday".into()),
        ..notes()
    };
    let request = SetTenant { memory: Some("1MiB".into()), notes, ..SetTenant::default() };

    let refused = problems(stage.set("acme", request).await);

    let fields: Vec<_> = refused.iter().filter_map(|p| p.split(':').next()).collect();
    assert_eq!(fields, ["owner", "tag", "expires", "limits.memory"], "{refused:#?}");
    assert_eq!(stage.get("acme").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_limits_asked_for_together_are_both_written() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.until(async || stage.is_measured("acme").await).await;
    stage.outgrow("acme").await;
    let request = SetTenant { pids: Some(96), notes: notes(), ..SetTenant::default() };

    let SetOutcome::Begun(operation) = stage.set("acme", request).await.unwrap() else {
        panic!("limits need an operation")
    };
    stage.done(*operation).await;

    let now = stage.get("acme").await;
    assert_eq!((now.limits.pids, now.storage), (96, Some(Bytes(10 << 30))));
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
    // What it was before is found not to hold: it fits its new limit.
    stage.until(async || stage.get("acme").await.state == TenantState::Running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_busy_takes_notes_and_no_limits() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.put("acme", TenantState::Deleting { operation: nobody() }).await;

    let noted = stage.note("acme", notes()).await;
    let limits = stage.set("acme", SetTenant { pids: Some(96), ..SetTenant::default() }).await;

    assert!(noted.details.owner.is_some());
    assert!(matches!(limits, Err(EngineError::Busy { .. })), "{limits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_suspended_is_suspended_again_when_it_is_brought_back() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Suspend).await;
    stage.change("acme", TenantChange::Archive).await;
    stage.change("acme", TenantChange::Delete).await;

    stage.change("acme", TenantChange::RestoreDeleted).await;

    assert!(matches!(stage.get("acme").await.state, TenantState::Suspended { .. }));
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Suspended));
    stage.change("acme", TenantChange::Resume).await;
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_a_state_does_not_allow_says_what_does_help() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    for (change, refused, hint) in [
        (TenantChange::Suspend, TenantChange::Start, "berth tenant resume acme"),
        (TenantChange::Archive, TenantChange::Start, "berth tenant unarchive acme"),
        (TenantChange::Delete, TenantChange::Delete, "berth tenant restore-deleted acme"),
    ] {
        stage.change("acme", change).await;

        let error = stage.begin("acme", refused).await.unwrap_err();

        assert!(error.hint().unwrap().contains(hint), "{error:?}");
    }
}
