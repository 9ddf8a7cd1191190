//! Two who set something of one tenant at the same time. The second one looked at it before the first one
//! was done.

use std::sync::Arc;

use berth_domain::{Bytes, Generation, OperationId, TenantState};

use super::*;
use crate::asker::Asker;
use crate::engine::testing::TestEngine;
use crate::request::NoteTenant;
use crate::usecase::organisation;

const ORG: &str = "default";
const ACTOR: Actor = Actor::System;

/// Runs a test on both control databases, with a tenant that has one core.
#[expect(clippy::needless_pass_by_value, reason = "a closure reads best where it is given")]
fn on_both(test: impl AsyncFn(&TestEngine, &Engine, &Tenant)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        for site in [TestEngine::new().await, TestEngine::on_postgres().await] {
            let acme = site.populate(&["acme"]).await.remove(0);
            let engine = Engine(Arc::clone(&site.inner), Asker::INSIDE);
            test(&site, &engine, &acme).await;
        }
    });
}

/// What an operation did meanwhile.
async fn done(site: &TestEngine, tenant: &Tenant, change: impl FnOnce(&mut Tenant)) {
    let mut tenant = tenant.clone();
    change(&mut tenant);
    tenant.generation = Generation(tenant.generation.0 + 1);
    let mut tx = site.inner.store.begin().await.unwrap();
    assert!(tenants::update(&mut tx, &tenant).await.unwrap().is_updated());
    tx.commit().await.unwrap();
}

/// Writes what somebody asks for who looked at the tenant as it was.
async fn write(
    engine: &Engine,
    seen: &Tenant,
    request: &SetTenant,
) -> Result<Written, EngineError> {
    let looked = engine.look(seen, request).await.unwrap();
    let mut tx = engine.0.store.read().await.unwrap();
    let organisation = organisation(&mut tx, &ACTOR, ORG).await.unwrap();
    drop(tx);
    engine.write(&ACTOR, (&organisation, "acme".into()), request, looked.limits).await
}

fn cpu_and_a_tag(tenant: &Tenant) -> SetTenant {
    let cpu = format!("{}m", tenant.limits.cpu_millis);
    let notes = NoteTenant { tag: vec!["vip".to_owned()], ..NoteTenant::default() };
    SetTenant { cpu: Some(cpu), notes, ..SetTenant::default() }
}

fn to(written: &Written) -> Wishes {
    let Written::Begun(operation) = written else { panic!("nothing was begun") };
    serde_json::from_value::<SetInput>(operation.input.clone()).unwrap().to
}

#[test]
fn a_limit_that_was_in_force_when_somebody_looked_is_set_all_the_same() {
    on_both(async |site, engine, seen| {
        let request = cpu_and_a_tag(seen);
        let looked = engine.look(seen, &request).await.unwrap();
        assert!(looked.set(seen).is_none(), "it is in force already");
        done(site, seen, |tenant| tenant.limits.cpu_millis /= 2).await;

        let written = write(engine, seen, &request).await.unwrap();

        assert_eq!(to(&written), Wishes::of(seen.limits, seen.stage));
    });
}

#[test]
fn a_limit_that_somebody_else_set_meanwhile_stays_as_they_set_it() {
    on_both(async |site, engine, seen| {
        let larger = Bytes(seen.limits.memory.0 + (64 << 20));
        let request = SetTenant { pids: Some(seen.limits.pids + 1), ..SetTenant::default() };
        done(site, seen, |tenant| tenant.limits.memory = larger).await;

        let at_once = write(engine, seen, &request).await.unwrap();
        assert!(matches!(at_once, Written::Nothing), "there is room for what it was only");
        let outcome = engine.set_tenant(&ACTOR, ORG, "acme", &request).await.unwrap();

        let SetOutcome::Begun(begun) = outcome else { panic!("{outcome:?}") };
        let mut tx = site.inner.store.read().await.unwrap();
        let (organisation, id) = (seen.organisation, begun.id);
        let operation = berth_store::operations::find(&mut tx, organisation, id).await.unwrap();
        let wishes = to(&Written::Begun(Box::new(operation.unwrap())));
        assert_eq!((wishes.memory, wishes.pids), (larger.0, seen.limits.pids + 1));
    });
}

#[test]
fn what_an_operation_is_about_to_set_is_not_in_force() {
    on_both(async |site, engine, seen| {
        let operation = OperationId::from_uuid(site.inner.ids.uuid());
        let mut tx = site.inner.store.begin().await.unwrap();
        let next = decide::allowed(
            &site.inner,
            &Asker::INSIDE,
            seen,
            (OperationKind::TenantSet, operation),
        );
        let next: TenantState = next.unwrap();
        let moved = tenants::set_state(&mut tx, seen.id, &seen.state, &next).await.unwrap();
        assert!(moved.is_updated());
        tx.commit().await.unwrap();

        let refused = engine.set_tenant(&ACTOR, ORG, "acme", &cpu_and_a_tag(seen)).await;

        assert!(matches!(refused, Err(EngineError::Busy { .. })), "{refused:?}");
    });
}
