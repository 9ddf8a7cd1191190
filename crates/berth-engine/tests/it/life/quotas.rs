//! What owners may have together.

use berth_engine::request::{
    CreateTenant, NoteTenant, PageRequest, SetQuota, SetTenant, TenantChange,
};
use berth_engine::{EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, ORG};

use super::stage::{Stage, problems};

fn of(name: &str, owner: &str) -> CreateTenant {
    let notes = NoteTenant { owner: Some(owner.to_owned()), ..NoteTenant::default() };
    CreateTenant { name: name.to_owned(), notes, ..CreateTenant::default() }
}

async fn quota(stage: &Stage, owner: Option<&str>, quota: SetQuota) {
    stage.process().engine.set_quota(&ACTOR, ORG, owner, &quota).await.unwrap();
}

fn tenants(n: u32) -> SetQuota {
    SetQuota { tenants: Some(n), ..SetQuota::default() }
}

async fn ask(stage: &Stage, request: &CreateTenant) -> Result<(), EngineError> {
    stage.process().engine.create_tenant(&ACTOR, ORG, request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_quota_that_a_new_tenant_exceeds_is_named() {
    let stage = Stage::new().await;
    stage.create_as(of("acme", "anna")).await;
    let small = SetQuota {
        tenants: Some(1),
        cpu: Some("0.6".into()),
        memory: Some("300MiB".into()),
        storage: Some("1GiB".into()),
    };
    quota(&stage, Some("anna"), small).await;
    quota(&stage, None, tenants(1)).await;

    let refused = ask(&stage, &of("beta", "anna")).await;

    assert_eq!(
        problems(refused),
        [
            "quota.tenants: `anna` may have 1 tenant and has 1",
            "quota.cpu: `anna` may have 0.6 cores in all: 0.5 cores are used, 0.5 cores more wanted",
            "quota.memory: `anna` may have 300 MiB of memory in all: 256 MiB are used, 256 MiB more wanted",
            "quota.storage: `anna` may have 1 GiB of storage in all, so each tenant needs a bound",
            "quota.tenants: the organisation may have 1 tenant and has 1",
        ]
    );
    assert_eq!(stage.find("beta").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_away_makes_room_and_needs_it_again() {
    let stage = Stage::with(|installation| {
        installation.settings.owner_quota.tenants = Some(1);
    })
    .await;
    stage.create_as(of("acme", "anna")).await;
    assert_eq!(problems(ask(&stage, &of("beta", "anna")).await).len(), 1);
    stage.change("acme", TenantChange::Archive).await;
    stage.create_as(of("beta", "anna")).await;

    let refused = stage.begin("acme", TenantChange::Unarchive).await;
    assert_eq!(problems(refused), ["quota.tenants: `anna` may have 1 tenant and has 1"]);

    stage.change("beta", TenantChange::Delete).await;
    stage.change("acme", TenantChange::Unarchive).await;
    let refused = stage.begin("beta", TenantChange::RestoreDeleted).await;
    assert_eq!(problems(refused), ["quota.tenants: `anna` may have 1 tenant and has 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_owner_must_have_room_and_so_must_other_limits() {
    let stage = Stage::new().await;
    stage.create_as(of("acme", "anna")).await;
    stage.create_as(of("beta", "bert")).await;
    quota(&stage, Some("anna"), tenants(1)).await;
    let cpu = SetQuota { cpu: Some("0.5".into()), ..SetQuota::default() };
    quota(&stage, Some("bert"), cpu).await;

    let hers = NoteTenant { owner: Some("anna".into()), ..NoteTenant::default() };
    let moved = stage.set("beta", SetTenant { notes: hers, ..SetTenant::default() }).await;
    assert_eq!(problems(moved), ["quota.tenants: `anna` may have 1 tenant and has 1"]);

    let more = SetTenant { cpu: Some("0.7".into()), ..SetTenant::default() };
    let refused = problems(stage.set("beta", more).await);
    assert!(refused[0].starts_with("quota.cpu: `bert` may have 0.5 cores in all"), "{refused:?}");

    let less = SetTenant { cpu: Some("0.4".into()), ..SetTenant::default() };
    let SetOutcome::Begun(operation) = stage.set("beta", less).await.unwrap() else {
        panic!("limits need an operation")
    };
    stage.done(*operation).await;
    assert_eq!(stage.get("beta").await.limits.cpu_millis, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_want_the_last_place_one_gets_it() {
    let stage = Stage::new().await;
    quota(&stage, Some("anna"), tenants(1)).await;
    let (one, two) = (of("one", "anna"), of("two", "anna"));

    let (one, two) = tokio::join!(ask(&stage, &one), ask(&stage, &two));

    let refused: Vec<_> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(matches!(&refused[0], EngineError::Invalid(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_are_listed_with_what_is_used_of_them() {
    let stage = Stage::with(|installation| {
        installation.settings.owner_quota.tenants = Some(5);
    })
    .await;
    stage.create_as(of("acme", "anna")).await;
    quota(&stage, Some("bert"), tenants(2)).await;
    quota(&stage, None, tenants(9)).await;
    let engine = &stage.process().engine;

    let listed = engine.quotas(&ACTOR, ORG, &PageRequest::default()).await.unwrap().items;

    let told: Vec<_> = listed
        .iter()
        .map(|view| {
            let owner = view.owner.as_ref().map(ToString::to_string);
            (owner, view.quota.tenants, view.is_default, view.used.tenants)
        })
        .collect();
    assert_eq!(
        told,
        [
            (None, Some(9), false, 1),
            (Some("anna".to_owned()), Some(5), true, 1),
            (Some("bert".to_owned()), Some(2), false, 0),
        ]
    );
    engine.clear_quota(&ACTOR, ORG, Some("bert")).await.unwrap();
    let again = engine.clear_quota(&ACTOR, ORG, Some("bert")).await.unwrap_err();
    assert_eq!(again.to_string(), "`bert` has no quota of its own");
}
