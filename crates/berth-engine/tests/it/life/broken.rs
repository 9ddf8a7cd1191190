//! What broke, and who may open it again.

use berth_domain::{TenantState, Timestamp};
use berth_edge::RouteState;
use berth_engine::EngineError;
use berth_engine::request::TenantChange;

use super::stage::{Stage, nobody};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_breaks_while_it_is_suspended_is_not_opened_by_a_start() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Suspend).await;
    let since = Timestamp::UNIX_EPOCH;
    stage.put("acme", TenantState::Changing { operation: nobody(), change: SET }).await;
    stage.put("acme", TenantState::Broken { since, failed: nobody(), suspended: true }).await;

    for change in [TenantChange::Start, TenantChange::Stop] {
        let refused = stage.begin("acme", change).await.unwrap_err();

        assert!(matches!(refused, EngineError::Illegal { .. }), "{refused:?}");
        let hint = refused.hint().unwrap();
        assert!(hint.contains("an operator resumes it with `berth tenant resume acme`"), "{hint}");
    }
    assert_ne!(stage.route("acme.localhost"), Some(RouteState::Open));

    stage.change("acme", TenantChange::Resume).await;
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Open));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_breaks_while_it_is_suspended_stays_closed_when_it_is_put_away_and_back() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Suspend).await;
    let since = Timestamp::UNIX_EPOCH;
    stage.put("acme", TenantState::Changing { operation: nobody(), change: SET }).await;
    stage.put("acme", TenantState::Broken { since, failed: nobody(), suspended: true }).await;

    stage.change("acme", TenantChange::Archive).await;
    stage.change("acme", TenantChange::Unarchive).await;

    assert!(matches!(stage.get("acme").await.state, TenantState::Suspended { .. }));
    assert_eq!(stage.route("acme.localhost"), Some(RouteState::Suspended));
}

const SET: berth_domain::lifecycle::Change = berth_domain::lifecycle::Change::Set;
