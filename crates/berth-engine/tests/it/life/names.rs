//! Names and hosts: kept while somebody may want them back, free when nobody can.

use berth_domain::TenantState;
use berth_edge::RouteState;
use berth_engine::EngineError;
use berth_engine::request::{
    CompareTenants, CreateTenant, ImportTenant, RenameTenant, TenantChange, TenantWish,
};
use berth_engine_testkit::{ACTOR, Installation, ORG, console};

use super::stage::{Stage, problems};
use crate::harness::backup::{send, whole};

fn to(name: &str, host: Option<&str>) -> TenantChange {
    TenantChange::Rename(RenameTenant { name: name.into(), host: host.map(str::to_owned) })
}

async fn ask(stage: &Stage, name: &str) -> Result<(), EngineError> {
    let request = CreateTenant { name: name.to_owned(), ..CreateTenant::default() };
    stage.process().engine.plan_create(&ACTOR, ORG, &request).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_tenant_keeps_its_name_and_what_helps_is_said() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Delete).await;

    let refused = ask(&stage, "acme").await.unwrap_err();

    let EngineError::NameTaken { message, hint } = &refused else { panic!("{refused:?}") };
    assert!(message.contains("is deleted and can be brought back until"), "{message}");
    assert!(hint.contains("berth tenant restore-deleted acme"), "{hint}");
    assert!(hint.contains("berth tenant delete acme --now"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_tenant_is_reached_under_its_new_name_only() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let before = stage.get("acme").await;

    stage.change("acme", to("acme2", None)).await;

    let now = stage.get("acme2").await;
    assert_eq!(now.host.as_str(), "acme2.localhost");
    assert_eq!((now.id, now.state), (before.id, TenantState::Running));
    assert_eq!(stage.route("acme2.localhost"), Some(RouteState::Open));
    assert_eq!(stage.route("acme.localhost"), None);
    assert!(ask(&stage, "acme").await.is_ok(), "the old name is free");
    assert!(matches!(ask(&stage, "acme2").await, Err(EngineError::NameTaken { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_ones_own_stays_and_the_default_one_follows() {
    let stage = Stage::new().await;
    let own = Some("erp.acme.example".to_owned());
    stage
        .create_as(CreateTenant { name: "acme".into(), host: own, ..CreateTenant::default() })
        .await;
    stage.change("acme", TenantChange::Stop).await;

    stage.change("acme", to("acme2", None)).await;
    assert_eq!(stage.get("acme2").await.host.as_str(), "erp.acme.example");
    assert_eq!(stage.route("erp.acme.example"), Some(RouteState::Stopped));

    stage.change("acme2", to("acme2", Some("acme.example"))).await;
    let now = stage.get("acme2").await;
    assert_eq!(now.host.as_str(), "acme.example");
    assert!(matches!(now.state, TenantState::Stopped { .. }), "{:?}", now.state);
    assert_eq!(stage.route("erp.acme.example"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_a_new_name_is_said_at_once() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.create("beta").await;

    let crooked = stage.begin("acme", to("A", Some("a b"))).await;
    let taken = stage.begin("acme", to("beta", None)).await;
    let same = stage.begin("acme", to("acme", None)).await;

    assert_eq!(problems(crooked).len(), 2);
    assert_eq!(
        problems(taken),
        [
            "name: a tenant called `beta` already exists",
            "host: `beta.localhost` already leads to another tenant"
        ]
    );
    assert_eq!(problems(same), ["name: the tenant is called `acme` already"]);
    assert_eq!(stage.get("acme").await.state, TenantState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_tenant_is_renamed_both_names_are_taken() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.put("acme", TenantState::Stopped { since: berth_domain::Timestamp::UNIX_EPOCH }).await;
    let tenant = stage.get("acme").await;
    let mut tx = stage.installation.store.begin().await.unwrap();
    let (name, host) = ("acme2".parse().unwrap(), "acme2.localhost".parse().unwrap());
    berth_store::names::keep(&mut tx, tenant.id, &name, &host).await.unwrap();
    tx.commit().await.unwrap();

    let refused = ask(&stage, "acme2").await.unwrap_err();

    let EngineError::NameTaken { message, .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(message, "`acme2` is kept for `acme` until its renaming is over");
}

/// A console at `berth.example.com`.
fn with_console(installation: &mut Installation) {
    installation.settings.console = Some(console("berth.example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_tenant_gets_a_name_of_the_console() {
    let stage = Stage::with(with_console).await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let (name, host) = ("beta".to_owned(), Some("Berth.example.com".to_owned()));
    let upload = send(engine, whole()).await.unwrap();

    let create = CreateTenant { name: name.clone(), host: host.clone(), ..CreateTenant::default() };
    let created = problems(engine.plan_create(&ACTOR, ORG, &create).await);
    let rename = to("acme", host.as_deref());
    let renamed = problems(engine.plan_change(&ACTOR, ORG, "acme", &rename).await);
    let import =
        ImportTenant { upload, name: name.clone(), host: host.clone(), ..ImportTenant::default() };
    let imported = problems(engine.plan_import(&ACTOR, ORG, &import).await);
    let wish = TenantWish { name, host, ..TenantWish::default() };
    let compare = CompareTenants { tenants: vec![wish], ..CompareTenants::default() };
    let compared = engine.compare_tenants(&ACTOR, ORG, &compare).await.unwrap().remove(0);

    let said = "host: `berth.example.com` is a name of the console";
    for found in [created, renamed, imported] {
        assert_eq!(found, [said]);
    }
    assert!(compared.problems.to_string().contains(said), "{}", compared.problems);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_had_a_name_before_the_console_keeps_it_and_doctor_says_so() {
    let mut stage = Stage::new().await;
    let host = Some("berth.example.com".to_owned());
    stage.create_as(CreateTenant { name: "acme".into(), host, ..CreateTenant::default() }).await;
    let about = async |stage: &Stage| {
        let checks = stage.process().engine.doctor(&ACTOR).await.unwrap();
        checks.into_iter().find(|check| check.name == "console names")
    };
    assert_eq!(about(&stage).await, None);

    with_console(&mut stage.installation);
    stage.pass(jiff::SignedDuration::from_secs(1)).await;

    let check = about(&stage).await.unwrap();
    assert_eq!(check.status, "warning");
    assert_eq!(check.detail, "`berth.example.com` is a name of the console and the host of `acme`");
    stage.change("acme", to("acme2", Some("berth.example.com"))).await;
    assert_eq!(stage.get("acme2").await.host.as_str(), "berth.example.com");
    stage.change("acme2", to("acme2", Some("acme.example.com"))).await;
    assert_eq!(about(&stage).await, None);
}
