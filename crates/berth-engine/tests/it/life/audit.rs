//! Who did what is written down, and nothing that must not be known.

use std::collections::BTreeMap;
use std::time::Duration;

use berth_domain::Actor;
use berth_domain::access::{Grants, Place, Right};
use berth_domain::audit::Origin;
use berth_engine::request::{
    AuditFilter, CreateTenant, CreateWebhook, NoteTenant, RenameTenant, SetQuota, SetTenant,
    SetWebhook, TenantChange, TenantCommand,
};
use berth_engine::view::AuditEntry;
use berth_engine::{Asker, EngineError};
use berth_engine_testkit::{ACTOR, Control, ORG};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::stage::{Stage, problems};

/// What must not be known, wherever it was typed.
const CANARY: &str = "canary-7f3a";

async fn entries(stage: &Stage, filter: AuditFilter) -> Vec<AuditEntry> {
    stage.process().engine.audit(&ACTOR, Some(ORG), &filter).await.unwrap().items
}

/// The operator, in this request.
fn socket(request: &str) -> Asker {
    let origin = Origin::socket(request.to_owned());
    Asker { origin, grants: Grants::Operator, shown: None, once: None }
}

async fn actions(stage: &Stage) -> Vec<String> {
    let all = entries(stage, AuditFilter::default()).await;
    all.into_iter().rev().map(|entry| entry.action).collect()
}

fn rename(name: &str) -> TenantChange {
    TenantChange::Rename(RenameTenant { name: name.to_owned(), host: None })
}

fn canary() -> SecretString {
    SecretString::from(format!("{CANARY}-password"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_written_down_with_who_and_how_and_what_became_of_it() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = stage.process().engine.asked_by(socket("req_1"));
    let actor = Actor::Local { uid: 1000 };

    let begun = engine.change_tenant(&actor, ORG, "acme", &TenantChange::Stop).await.unwrap();

    let operation = begun.id.to_string();
    stage.done(begun).await;
    let tenant = stage.get("acme").await;
    let entry = entries(&stage, AuditFilter::default()).await.remove(0);
    assert_eq!((entry.action.as_str(), &entry.actor), ("tenant.stop", &actor));
    assert_eq!(entry.origin, Origin::socket("req_1".to_owned()));
    assert_eq!(entry.object, berth_domain::audit::Object::tenant(&tenant));
    assert_eq!(entry.before, Some(serde_json::json!({ "state": "running" })));
    let after = serde_json::json!({ "state": "stopping", "operation": operation });
    assert_eq!(entry.after, Some(after));
    assert_eq!(entry.outcome.as_str(), "allowed");
    assert_eq!(entry.organisation, Some(tenant.organisation));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_changes_something_is_written_down_once() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;
    let quota = SetQuota { tenants: Some(9), ..SetQuota::default() };
    engine.set_quota(&ACTOR, ORG, Some("anna"), &quota).await.unwrap();
    engine.clear_quota(&ACTOR, ORG, Some("anna")).await.unwrap();
    let hook = CreateWebhook {
        url: "https://hooks.example.com/".to_owned(),
        name: Some("ops".to_owned()),
        ..CreateWebhook::default()
    };
    engine.create_webhook(&ACTOR, ORG, &hook).await.unwrap();
    let off = SetWebhook { enabled: Some(false), ..SetWebhook::default() };
    engine.set_webhook(&ACTOR, (ORG, "ops"), &off).await.unwrap();
    engine.delete_webhook(&ACTOR, ORG, "ops").await.unwrap();
    stage.note("acme", NoteTenant { owner: Some("anna".into()), ..NoteTenant::default() }).await;
    let set = SetTenant { pids: Some(96), ..SetTenant::default() };
    match stage.set("acme", set).await.unwrap() {
        berth_engine::SetOutcome::Begun(begun) => stage.done(*begun).await,
        berth_engine::SetOutcome::Noted(view) => panic!("{view:?}"),
    }
    stage.change("acme", rename("beta")).await;
    stage.change("beta", TenantChange::Archive).await;
    stage.process().engine.show_password(&ACTOR, ORG, "beta").await.unwrap();

    assert_eq!(
        actions(&stage).await,
        [
            "tenant.create",
            "quota.set",
            "quota.clear",
            "webhook.create",
            "webhook.set",
            "webhook.delete",
            "tenant.note",
            "tenant.set",
            "tenant.rename",
            "tenant.archive",
            "password.show",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_happen_is_not_written_down() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;

    engine.plan_change(&ACTOR, ORG, "acme", &TenantChange::Stop).await.unwrap();
    stage.begin("acme", TenantChange::Unarchive).await.unwrap_err();
    engine.clear_quota(&ACTOR, ORG, Some("anna")).await.unwrap_err();
    engine.show_password(&ACTOR, ORG, "nobody").await.unwrap_err();

    assert_eq!(actions(&stage).await, ["tenant.create"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_it() {
    let stage = Stage::new().await;
    let request = CreateTenant {
        name: "acme".to_owned(),
        admin_password: Some(canary()),
        notes: NoteTenant { notes: Some(CANARY.to_owned()), ..NoteTenant::default() },
        ..CreateTenant::default()
    };
    stage.create_as(request).await;
    let engine = &stage.process().engine;
    stage
        .note("acme", NoteTenant { notes: Some(format!("{CANARY} 2")), ..NoteTenant::default() })
        .await;
    let hook = CreateWebhook {
        url: format!("https://hooks.example.com/{CANARY}"),
        name: Some("ops".to_owned()),
        ..CreateWebhook::default()
    };
    let made = engine.create_webhook(&ACTOR, ORG, &hook).await.unwrap();
    // What comes of these depends on what is behind the fake containers; that somebody asked does not.
    let _ = engine.reset_password(&ACTOR, ORG, "acme", Some(canary())).await;
    let exec = TenantCommand::Exec(vec!["odoo".to_owned(), format!("--password={CANARY}")]);
    let psql = TenantCommand::Psql(vec!["-c".to_owned(), format!("select '{CANARY}'")]);
    for command in [exec, psql, TenantCommand::Shell] {
        let _ = engine.run_command(&ACTOR, ORG, "acme", (command, None)).await;
    }
    let shown = engine.show_password(&ACTOR, ORG, "acme").await.unwrap();

    let written = format!("{:?}", entries(&stage, AuditFilter::default()).await);

    for action in ["password.set", "password.show", "tenant.exec", "tenant.note", "webhook.create"]
    {
        assert!(written.contains(action), "{action}: {written}");
    }
    assert!(!written.contains(CANARY), "{written}");
    let secrets = [&shown.password, &made.secret];
    for secret in secrets.map(secrecy::ExposeSecret::expose_secret) {
        assert!(!written.contains(secret), "{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_berth_does_by_itself_says_so() {
    let mut stage = Stage::new().await;
    stage.create("acme").await;
    stage.note("acme", NoteTenant { expires: Some("1d".into()), ..NoteTenant::default() }).await;

    stage.pass(SignedDuration::from_hours(48)).await;

    let suspended = AuditFilter { action: Some("tenant.suspend".into()), ..AuditFilter::default() };
    stage.until(async || !entries(&stage, suspended.clone()).await.is_empty()).await;
    let entry = entries(&stage, suspended).await.remove(0);
    assert_eq!((entry.actor, entry.origin), (Actor::System, Origin::INSIDE));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_it_is_kept_is_forgotten() {
    let mut stage = Stage::with(|installation| {
        installation.settings.audit_kept = Some(Duration::from_hours(24));
    })
    .await;
    stage.create("acme").await;
    assert_eq!(actions(&stage).await, ["tenant.create"]);

    stage.pass(SignedDuration::from_hours(48)).await;

    stage.until(async || actions(&stage).await.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_refused_is_written_down_where_they_asked() {
    let stage = Stage::new().await;
    let engine = stage.process().engine.asked_by(socket("req_2"));
    let own = engine.place(Some(ORG)).await.unwrap();
    let long = format!("/api/v1/{}", "x".repeat(10_000));

    engine.note_denied(&ACTOR, own, ("delete_tenant", "/api/v1/x")).await.unwrap();
    engine.note_denied(&ACTOR, Place::Nowhere, ("show_status", &long)).await.unwrap();

    let denied = AuditFilter { outcome: Some("denied".into()), ..AuditFilter::default() };
    let here = entries(&stage, denied.clone()).await;
    assert_eq!(here.len(), 1);
    assert_eq!(
        (here[0].action.as_str(), here[0].object.name.as_str()),
        ("delete_tenant", "/api/v1/x")
    );
    assert_eq!(here[0].origin.request.as_deref(), Some("req_2"));
    let elsewhere = engine.audit(&ACTOR, None, &denied).await.unwrap().items;
    assert_eq!(elsewhere.iter().map(|entry| entry.object.name.len()).collect::<Vec<_>>(), [200]);
}

/// Has somebody ask without end for what they may not, and looks at what is written down.
async fn denied_without_end(control: Control) {
    let mut stage = Stage::on(control).await;
    let nobody = Asker { grants: Grants::Memberships(BTreeMap::new()), ..socket("req_3") };
    let ask = async |stage: &Stage, times: u32| {
        let engine = stage.process().engine.asked_by(nobody.clone());
        let own = engine.place(Some(ORG)).await.unwrap();
        for n in 0..times {
            let path = format!("/api/v1/{n}");
            let route = ("list_members", path.as_str());
            let asked = engine.admit(&ACTOR, (Right::Members, own), Some(ORG), route).await;
            assert!(matches!(asked, Err(EngineError::NoSuchOrganisation(_))), "{asked:?}");
        }
    };
    let told = async |stage: &Stage| {
        let denied = AuditFilter { outcome: Some("denied".into()), ..AuditFilter::default() };
        let all = entries(stage, denied).await.into_iter();
        all.map(|it| (it.object.name, it.after.map(|after| after["further"].clone())))
            .collect::<Vec<_>>()
    };

    ask(&stage, 1000).await;
    let paths: Vec<_> = told(&stage).await.into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["/api/v1/4", "/api/v1/3", "/api/v1/2", "/api/v1/1", "/api/v1/0"]);
    stage.tick(SignedDuration::from_mins(5));
    ask(&stage, 7).await;
    let all = told(&stage).await;
    let counted = ("/api/v1/999".to_owned(), Some(serde_json::json!(995)));
    assert_eq!((all.len(), &all[5]), (11, &counted));

    // What was counted is told when the process ends.
    stage.pass(SignedDuration::ZERO).await;
    let all = told(&stage).await;
    assert_eq!((all.len(), &all[0]), (12, &("/api/v1/6".to_owned(), Some(serde_json::json!(2)))));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_denied_without_end_fills_no_audit_and_is_counted_on_sqlite() {
    denied_without_end(Control::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_denied_without_end_fills_no_audit_and_is_counted_on_postgresql() {
    denied_without_end(Control::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_a_question_is_said_at_once() {
    let stage = Stage::new().await;
    let asked = AuditFilter {
        actor: Some("root".into()),
        kind: Some("x' OR 1=1".into()),
        outcome: Some("maybe".into()),
        since: Some("yesterday".into()),
        before: Some("op_1".into()),
        limit: Some(0),
        ..AuditFilter::default()
    };

    let refused = stage.process().engine.audit(&ACTOR, Some(ORG), &asked).await;

    let problems = problems(refused);
    let fields: Vec<&str> = problems.iter().filter_map(|text| text.split(':').next()).collect();
    assert_eq!(fields, ["kind", "outcome", "since", "actor", "before", "limit"]);
    let all = AuditFilter::default();
    let nobodys = stage.process().engine.audit(&ACTOR, Some("nobody"), &all).await;
    assert!(matches!(nobodys, Err(EngineError::NoSuchOrganisation(_))), "{nobodys:?}");
}
