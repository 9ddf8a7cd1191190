//! Use cases ask what they take themselves, whoever calls them: what a route lets through is asked once more.

use std::collections::BTreeMap;

use berth_domain::access::{Grants, Place, Right, Role};
use berth_domain::audit::Origin;
use berth_engine::request::{
    AuditFilter, CreateOrganisation, CreateSchedule, CreateTenant, CreateWebhook, ExportFormat,
    NoteTenant, PageRequest, ReadLogs, SendUpload, SetOrganisation, SetQuota, SetSchedule,
    SetTenant, SetWebhook, TenantChange, TenantCommand,
};
use berth_engine::{Asker, Engine, EngineError};
use berth_engine_testkit::{ACTOR, ORG};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};

use super::stage::Stage;

/// Something that somebody asks for.
type Ask = for<'a> fn(&'a Engine) -> BoxFuture<'a, Result<(), EngineError>>;

/// The asking of one use case.
macro_rules! ask {
    (|$engine:ident| $asked:expr) => {
        |$engine| Box::pin(async move { $asked.await.map(drop) })
    };
}

fn hook() -> CreateWebhook {
    let url = "https://hooks.example.com/".to_owned();
    CreateWebhook { url, name: Some("hook".to_owned()), events: None }
}

fn nightly() -> CreateSchedule {
    CreateSchedule {
        name: "nightly".to_owned(),
        action: "restart".to_owned(),
        tenants: vec!["acme".to_owned()],
        cron: "@daily".to_owned(),
        ..CreateSchedule::default()
    }
}

fn noted() -> SetTenant {
    let notes = NoteTenant { notes: Some("mine".to_owned()), ..NoteTenant::default() };
    SetTenant { notes, ..SetTenant::default() }
}

fn command() -> TenantCommand {
    TenantCommand::Exec(vec!["id".to_owned()])
}

fn other() -> CreateTenant {
    CreateTenant { name: "other".to_owned(), ..CreateTenant::default() }
}

const IN_TENANTS: &[(Right, Ask)] = &[
    (Right::Operate, ask!(|on| on.create_tenant(&ACTOR, ORG, &other()))),
    (Right::Operate, ask!(|on| on.change_tenant(&ACTOR, ORG, "acme", &TenantChange::Stop))),
    (Right::Administer, ask!(|on| on.change_tenant(&ACTOR, ORG, "acme", &TenantChange::Archive))),
    (Right::Operate, ask!(|on| on.set_tenant(&ACTOR, ORG, "acme", &noted()))),
    (Right::Operate, ask!(|on| on.reconcile_tenant(&ACTOR, ORG, "acme"))),
    (Right::Secrets, ask!(|on| on.show_password(&ACTOR, ORG, "acme"))),
    (Right::Secrets, ask!(|on| on.reset_password(&ACTOR, ORG, "acme", None))),
    (Right::Secrets, ask!(|on| on.login_link(&ACTOR, ORG, "acme"))),
    (Right::Exec, ask!(|on| on.run_command(&ACTOR, ORG, "acme", (command(), None)))),
    (Right::Exec, ask!(|on| on.run_command(&ACTOR, ORG, "acme", (TenantCommand::Shell, None)))),
    (
        Right::Psql,
        ask!(|on| on.run_command(&ACTOR, ORG, "acme", (TenantCommand::Psql(vec![]), None))),
    ),
    (Right::Export, ask!(|on| on.export(&ACTOR, ORG, "acme", ExportFormat::Zip))),
    (Right::Export, ask!(|on| on.eject(&ACTOR, ORG, "acme"))),
    (Right::Logs, ask!(|on| on.logs(&ACTOR, ORG, "acme", &ReadLogs::default()))),
];

const BESIDE_THEM: &[(Right, Ask)] = &[
    (
        Right::Operate,
        ask!(|on| on.send_upload(
            &ACTOR,
            ORG,
            &SendUpload { name: None, length: None },
            stream::iter([Ok(b"PK".to_vec().into())]).boxed()
        )),
    ),
    (Right::Installation, ask!(|on| on.set_quota(&ACTOR, ORG, None, &SetQuota::default()))),
    (Right::Installation, ask!(|on| on.clear_quota(&ACTOR, ORG, Some("anna")))),
    (
        Right::Administer,
        ask!(|on| on.create_webhook(&ACTOR, ORG, &CreateWebhook { name: None, ..hook() })),
    ),
    (Right::Administer, ask!(|on| on.set_webhook(&ACTOR, (ORG, "hook"), &SetWebhook::default()))),
    (Right::Administer, ask!(|on| on.test_webhook(&ACTOR, ORG, "hook"))),
    (Right::Administer, ask!(|on| on.delete_webhook(&ACTOR, ORG, "hook"))),
    (
        Right::Operate,
        ask!(|on| on.create_schedule(
            &ACTOR,
            ORG,
            &CreateSchedule { name: "my".into(), ..nightly() }
        )),
    ),
    (
        Right::Operate,
        ask!(|on| on.set_schedule(
            &ACTOR,
            (ORG, "nightly"),
            &SetSchedule { paused: Some(true), ..SetSchedule::default() }
        )),
    ),
    (Right::Operate, ask!(|on| on.run_schedule(&ACTOR, ORG, "nightly"))),
    (Right::Operate, ask!(|on| on.delete_schedule(&ACTOR, ORG, "nightly"))),
    (
        Right::Installation,
        ask!(|on| on.create_organisation(
            &ACTOR,
            &CreateOrganisation { name: "beta".to_owned(), title: None }
        )),
    ),
    (
        Right::Administer,
        ask!(|on| on.set_organisation(
            &ACTOR,
            (ORG, None),
            &SetOrganisation { title: Some("Mine".to_owned()) }
        )),
    ),
    (Right::Installation, ask!(|on| on.delete_organisation(&ACTOR, ("empty", None)))),
    (Right::Installation, ask!(|on| on.create_demo(&ACTOR, ORG, "drill"))),
    (Right::Audit, ask!(|on| on.audit(&ACTOR, Some(ORG), &AuditFilter::default()))),
    (Right::Installation, ask!(|on| on.audit(&ACTOR, None, &AuditFilter::default()))),
    (Right::Members, ask!(|on| on.tokens(&ACTOR, Some(ORG), &PageRequest::default()))),
    (Right::Installation, ask!(|on| on.tokens(&ACTOR, None, &PageRequest::default()))),
    (Right::Members, ask!(|on| on.invitations(&ACTOR, Some(ORG)))),
    (Right::Installation, ask!(|on| on.invitations(&ACTOR, None))),
];

/// An installation with something of each kind, and the engine for somebody who may look at it.
async fn furnished() -> (Stage, Engine) {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    engine.create_webhook(&ACTOR, ORG, &hook()).await.unwrap();
    engine.create_schedule(&ACTOR, ORG, &nightly()).await.unwrap();
    engine.set_quota(&ACTOR, ORG, Some("anna"), &SetQuota::default()).await.unwrap();
    let empty = CreateOrganisation { name: "empty".to_owned(), title: None };
    engine.create_organisation(&ACTOR, &empty).await.unwrap();
    let Place::Organisation(own) = engine.place(Some(ORG)).await.unwrap() else { panic!() };
    let Place::Organisation(empty) = engine.place(Some("empty")).await.unwrap() else { panic!() };
    let of = BTreeMap::from([(own, Role::Viewer), (empty, Role::Viewer)]);
    let (grants, origin) = (Grants::Memberships(of), Origin::socket("req_1".to_owned()));
    let viewer = engine.asked_by(Asker { origin, grants, shown: None, once: None });
    (stage, viewer)
}

/// How many deeds were written down.
async fn deeds(stage: &Stage) -> usize {
    let engine = &stage.process().engine;
    let (all, mut count) = (AuditFilter::default(), 0);
    for org in [None, Some(ORG), Some("empty")] {
        count += engine.audit(&ACTOR, org, &all).await.unwrap().items.len();
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_only_look_is_refused_by_each_use_case_itself() {
    let (stage, viewer) = furnished().await;
    let before = deeds(&stage).await;

    for (number, (right, ask)) in IN_TENANTS.iter().chain(BESIDE_THEM).enumerate() {
        let refused = ask(&viewer).await;

        assert!(
            matches!(refused, Err(EngineError::NoRight(it)) if it == *right),
            "{number}: {right:?}, {refused:?}"
        );
    }
    assert_eq!(deeds(&stage).await, before, "nothing of it was done");
    assert_eq!(stage.get("acme").await.state.label(), "running");
}
