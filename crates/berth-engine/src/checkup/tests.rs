use berth_domain::{TenantState, Timestamp};
use berth_testkit::wait;

use super::*;
use crate::engine::testing::TestEngine;

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn found(at: Timestamp) -> CheckupView {
    CheckupView { at, was_up: true, container: None, problem: None, probes: Vec::new() }
}

fn acme() -> Tenant {
    use berth_domain::{ClusterId, OrganisationId};
    use uuid::Uuid;
    let (organisation, cluster) = (Uuid::from_u128(2), Uuid::from_u128(3));
    let organisation = OrganisationId::from_uuid(organisation);
    crate::engine::testing::tenant("acme", organisation, ClusterId::from_uuid(cluster))
}

#[test]
fn however_many_ask_a_tenant_is_looked_at_once() {
    let (checkups, acme) = (Checkups::default(), acme());

    let first = checkups.ask(&acme, later(0));
    let second = checkups.ask(&acme, later(0));
    let begun = checkups.begin();
    let third = checkups.ask(&acme, later(1));

    assert_eq!((first, second, third), ((None, true), (None, true), (None, true)));
    assert_eq!(begun.map(|tenant| tenant.id), Some(acme.id));
    assert_eq!(checkups.begin(), None);
}

#[test]
fn what_was_found_is_told_while_it_is_found_out_again() {
    let (checkups, acme) = (Checkups::default(), acme());
    let _ = checkups.ask(&acme, later(0));
    let _ = checkups.begin();
    checkups.end(Ok((acme.id, found(later(1)))));

    let fresh = checkups.ask(&acme, later(15));
    let old = checkups.ask(&acme, later(16));

    assert_eq!(fresh, (Some(found(later(1))), false));
    assert_eq!(old, (Some(found(later(1))), true));
}

#[test]
fn what_a_clock_that_was_ahead_found_is_found_out_again() {
    let (checkups, acme) = (Checkups::default(), acme());
    checkups.end(Ok((acme.id, found(later(3600)))));

    assert_eq!(checkups.ask(&acme, later(0)), (Some(found(later(3600))), true));
}

#[test]
fn what_was_found_while_it_ran_is_not_told_of_one_that_is_stopped() {
    let (checkups, acme) = (Checkups::default(), acme());
    checkups.end(Ok((acme.id, found(later(1)))));
    let stopped = Tenant { state: TenantState::Stopped { since: later(2) }, ..acme };

    assert_eq!(checkups.ask(&stopped, later(2)), (None, true));
}

#[test]
fn who_comes_when_too_many_wait_comes_again() {
    let checkups = Checkups::default();
    let mut tenant = acme();
    for number in 0..u128::try_from(MOST_WAITING).unwrap() {
        tenant.id = TenantId::from_uuid(uuid::Uuid::from_u128(number));
        assert_eq!(checkups.ask(&tenant, later(0)), (None, true));
    }

    assert_eq!(checkups.ask(&acme(), later(0)), (None, false));
}

#[tokio::test]
async fn a_tenant_is_looked_at_behind_the_back_of_whoever_asks() {
    tokio::task::LocalSet::new()
        .run_until(async {
            let engine = TestEngine::new().await;
            let [mut tenant] = engine.populate(&["acme"]).await.try_into().unwrap();
            tenant.state = TenantState::Stopped { since: engine.inner.clock.now() };
            tokio::task::spawn_local(keep(Arc::clone(&engine.inner)));
            let ask = || engine.inner.checkups.ask(&tenant, engine.inner.clock.now());

            assert_eq!(ask(), (None, true));
            wait::until(Duration::from_secs(10), async || ask().0.is_some()).await;

            let (known, is_asked_for) = ask();
            let known = known.unwrap();
            assert_eq!((known.container, known.problem, is_asked_for), (None, None, false));
        })
        .await;
}
