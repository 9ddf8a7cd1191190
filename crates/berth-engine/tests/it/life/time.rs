//! Grace periods and expiry.

use berth_domain::TenantState;
use berth_edge::RouteState;
use berth_engine::EngineError;
use berth_engine::request::{NoteTenant, TenantChange};
use jiff::SignedDuration;

use super::stage::Stage;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn expires(when: &str) -> NoteTenant {
    NoteTenant { expires: Some(when.to_owned()), ..NoteTenant::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_tenant_is_kept_for_its_days_and_then_gone_for_good() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Delete).await;
    let TenantState::Deleted { since, until } = stage.get("acme").await.state else {
        panic!("{:?}", stage.get("acme").await.state)
    };
    assert_eq!(until.duration_since(since), DAY * 7);
    assert_eq!(stage.route("acme.localhost"), None);

    stage.pass(DAY * 6).await;
    stage.change("acme", TenantChange::RestoreDeleted).await;
    assert_eq!(stage.get("acme").await.state, TenantState::Running);

    stage.change("acme", TenantChange::Delete).await;
    stage.pass(DAY * 7).await;
    stage.until(async || stage.find("acme").await.is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_grace_period_a_deletion_is_for_good() {
    let stage = Stage::with(|installation| installation.settings.delete_grace_days = 0).await;
    stage.create("acme").await;

    stage.change("acme", TenantChange::Delete).await;

    assert_eq!(stage.find("acme").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_tenant_is_closed_and_opens_again_when_it_is_prolonged() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.note("acme", expires("14d")).await;

    stage.pass(DAY * 13).await;
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
    stage.pass(DAY).await;
    stage
        .until(async || matches!(stage.get("acme").await.state, TenantState::Suspended { .. }))
        .await;
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Expired));

    let refused = stage.begin("acme", TenantChange::Resume).await.unwrap_err();
    assert!(matches!(refused, EngineError::Expired { .. }), "{refused:?}");
    assert!(refused.hint().unwrap().contains("berth tenant set acme --expires"), "{refused:?}");

    stage.note("acme", expires("30d")).await;
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Suspended));
    stage.change("acme", TenantChange::Resume).await;
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_to_know_is_warned_a_week_and_a_day_before() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.note("acme", expires("10d")).await;
    let warned = async |stage: &Stage| {
        let events = stage.events("tenant.expires").await;
        events.iter().map(|event| event.data["days"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let mut expected: Vec<u64> = Vec::new();

    for (passed, days) in [(DAY * 2, None), (DAY, Some(7)), (DAY, None), (DAY * 5, Some(1))] {
        stage.pass(passed).await;
        expected.extend(days);
        stage.until(async || warned(&stage).await.len() >= expected.len()).await;
        assert_eq!(warned(&stage).await, expected);
    }
    let event = stage.events("tenant.expires").await.remove(0);
    assert_eq!(event.data["tenant"], "acme");
    assert_eq!(event.data["expires_at"], "2026-05-14T10:00:00Z");
}
