//! Links that sign somebody in as a tenant's administrator.

use berth_engine::EngineError;
use berth_engine::request::{AuditFilter, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::fake::ExecAnswer;
use berth_runtime::{ExecOutput, Exit};
use secrecy::ExposeSecret as _;

use super::stage::Stage;

/// Has Odoo's shell say this.
fn says(stage: &Stage, said: &str) {
    let said = said.to_owned();
    stage.installation.runtime.answer_execs(move |_, spec| {
        assert!(spec.command.iter().any(|word| word == "shell"), "{:?}", spec.command);
        let exit = Exit { code: 0, out_of_memory: false };
        ExecAnswer::Ends(vec![ExecOutput::Out(said.clone().into()), ExecOutput::Exit(exit)])
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_to_the_session_that_odoo_made_and_is_written_down() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    says(&stage, "INFO odoo: loaded\nberth-session s3ss10n-key\n");
    let engine = &stage.process().engine;

    let link = engine.login_link(&ACTOR, ORG, "acme").await.unwrap();

    let url = link.url.expose_secret().to_owned();
    let (start, key) = url.split_once("/_berth/login/").unwrap();
    assert_eq!(start, "http://acme.localhost:8069");
    assert_eq!(key.len(), 40);
    let tenant = engine.tenant(&ACTOR, ORG, "acme").await.unwrap().tenant.id;
    let taken = stage.installation.logins.take(key, tenant);
    assert_eq!(taken.unwrap().expose_secret(), "s3ss10n-key");
    let audit = engine.audit(&ACTOR, Some(ORG), &AuditFilter::default()).await.unwrap().items;
    assert_eq!(audit[0].action, "tenant.login_link");
    let written = format!("{audit:?}");
    assert!(!written.contains(key) && !written.contains("s3ss10n"), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_where_there_is_nobody_or_odoo_says_no() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    let engine = &stage.process().engine;

    says(&stage, "berth-session nobody\n");
    let nobody = engine.login_link(&ACTOR, ORG, "acme").await.unwrap_err();
    assert!(matches!(nobody, EngineError::NoAdministrator { .. }), "{nobody}");
    says(&stage, "Traceback (most recent call last):\npsycopg2.OperationalError: too many\n\n");
    let failed = engine.login_link(&ACTOR, ORG, "acme").await.unwrap_err().to_string();
    assert_eq!(
        failed,
        "`acme` cannot be opened as its administrator: Odoo says: psycopg2.OperationalError: too many"
    );
    let long = format!("ERROR \u{1b}[31m{}\nberth-session s3ss10n=key\n", "x".repeat(9_000));
    says(&stage, &long);
    let failed = engine.login_link(&ACTOR, ORG, "acme").await.unwrap_err().to_string();
    assert!(failed.contains("Odoo says: ERROR [31mxxx"), "{failed}");
    assert!(!failed.contains("s3ss10n") && failed.len() < 1_000, "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_serves_nobody_is_opened_by_nobody() {
    let stage = Stage::new().await;
    stage.create("acme").await;
    stage.change("acme", TenantChange::Stop).await;

    let stopped = stage.process().engine.login_link(&ACTOR, ORG, "acme").await.unwrap_err();

    assert!(matches!(stopped, EngineError::NotRunning { .. }), "{stopped}");
}
