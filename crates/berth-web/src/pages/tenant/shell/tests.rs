//! What is run in a tenant, by whom, how often, and what the page says of it.

use std::sync::{Arc, Mutex};

use berth_engine::request::{AuditFilter, CreateTenant, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::fake::{CallKind, ExecAnswer};
use berth_runtime::{ExecOutput, ExecSpec, Exit, RuntimeError};
use http::{StatusCode, header};

use crate::pages::testing::{HOSTILE, Seen, Site};

const SHELL: &str = "/organisations/default/tenants/acme/shell";

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

/// Has commands say this and end with that.
fn says(site: &Site, out: &'static str, error: &'static str, code: i64) {
    site.installation.runtime.answer_execs(move |_, _| {
        let exit = Exit { code, out_of_memory: false };
        let said = [ExecOutput::Out(out.into()), ExecOutput::Error(error.into())];
        ExecAnswer::Ends(said.into_iter().chain([ExecOutput::Exit(exit)]).collect())
    });
}

/// What is asked of the engine from now on.
fn asked(site: &Site) -> Arc<Mutex<Vec<ExecSpec>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = asked.clone();
    site.installation.runtime.answer_execs(move |_, spec| {
        told.lock().unwrap().push(spec.clone());
        ExecAnswer::CopiesInput
    });
    asked
}

fn execs(site: &Site) -> usize {
    site.installation.runtime.calls(CallKind::Exec)
}

async fn run(site: &Site, way: &str, script: &str) -> Seen {
    site.post(SHELL, &[("way", way), ("script", script)]).await
}

async fn written(site: &Site, action: &str) -> usize {
    let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    site.process.engine.audit(&ACTOR, Some(ORG), &filter).await.unwrap().items.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_says_what_can_be_run_and_what_is_written_down() {
    let site = site().await;

    site.get(SHELL).await.page();
    let part = site.part(SHELL).await;
    assert!(part.text.trim_start().starts_with("<div id=\"top\""), "{}", part.text);
    assert_eq!(written(&site, "tenant.psql").await, 0, "looking runs nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_it_is_told_as_text_beside_what_was_typed() {
    let site = site().await;
    says(&site, "\u{1b}[31m<b onclick=\"x\">\u{202e}1\n", "ERROR: <script>alert(1)</script>", 3);

    let seen = run(&site, "exec", &format!("echo\r\n{HOSTILE}\r\n")).await;

    insta::assert_snapshot!("after", site.main_of(&seen));
    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_shell_reads_what_is_typed() {
    let site = site().await;
    let asked = asked(&site);

    let sql = run(&site, "psql", "select '$(id)';").await;
    let python = run(&site, "shell", "print(\"`id`\")").await;
    run(&site, "exec", "printf\n%s\n$(id); rm -r /\n").await;

    assert!(
        sql.page().contains("aria-labelledby=\"out-h\">select &#39;$(id)&#39;;"),
        "{}",
        sql.text
    );
    assert!(python.page().contains(">print(&#34;`id`&#34;)<"), "{}", python.text);
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    let [psql, shell, exec] = &asked[..] else { panic!("{asked:?}") };
    assert_eq!(psql.command[0], "psql");
    let strictly = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", "--pset=pager=off", "--file=-"];
    assert_eq!(psql.command[psql.command.len() - 4..], strictly);
    assert!(shell.command.contains(&"shell".to_owned()), "{shell:?}");
    assert_eq!(exec.command, ["printf", "%s", "$(id); rm -r /"]);
    assert!(asked.iter().all(|spec| spec.terminal.is_none()));
    for action in ["tenant.psql", "tenant.shell", "tenant.exec"] {
        assert_eq!(written(&site, action).await, 1, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_is_pressed_twice_runs_it_once() {
    let site = site().await;
    says(&site, "UPDATE 1\n", "", 0);
    let before = execs(&site);
    let form = [("way", "psql"), ("script", "UPDATE heron SET n = n + 1"), ("once", "k1")];

    let (one, other) = tokio::join!(site.post(SHELL, &form), site.post(SHELL, &form));

    let (done, refused) = if one.status == StatusCode::OK { (one, other) } else { (other, one) };
    assert!(done.page().contains("UPDATE 1"), "{}", done.text);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for said in ["It was run already.", "UPDATE heron SET n = n + 1"] {
        assert!(refused.text.contains(said), "{said} is not in {}", refused.text);
    }
    assert!(!refused.text.contains("UPDATE 1"), "{}", refused.text);
    assert!(!refused.text.contains("value=\"k1\""), "pressed again it runs again");
    assert_eq!(execs(&site), before + 1);

    let again = [form[0], form[1], ("once", "k2")];
    assert_eq!(site.post(SHELL, &again).await.status, StatusCode::OK);
    assert_eq!(execs(&site), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_does_not_run_is_said_not_to_and_nothing_typed_is_lost() {
    let site = site().await;
    site.change("acme", &TenantChange::Stop).await;
    let before = execs(&site);

    let page = site.get(SHELL).await;
    let form = [("way", "shell"), ("script", "print(env)"), ("once", "k1")];
    let seen = site.post(SHELL, &form).await;

    assert!(page.page().contains("It does not seem to run."), "{}", page.text);
    assert_eq!(seen.status, StatusCode::CONFLICT);
    for said in [
        "Cannot do this while <code>acme</code> is stopped.",
        "<code>berth tenant start acme</code>",
        "value=\"shell\" checked",
        "print(env)</textarea>",
    ] {
        assert!(seen.text.contains(said), "{said} is not in {}", seen.text);
    }
    assert_eq!((execs(&site), written(&site, "tenant.shell").await), (before, 0));

    // What was refused was not run, so that the same form can be sent once more.
    site.change("acme", &TenantChange::Start).await;
    assert_eq!(site.post(SHELL, &form).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_said_at_its_field_and_kept() {
    let site = site().await;
    let before = execs(&site);

    for (way, script, said) in [
        ("exec", "\n-u", "name a program"),
        ("psql", " ", "type what is to be run"),
        ("bash", "id", "choose what runs it"),
        ("psql", &"x".repeat(16 * 1024 + 1), "at most 16384"),
    ] {
        let seen = run(&site, way, script).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{way}");
        assert!(seen.text.contains(said), "{said} is not in {}", seen.text);
        assert!(seen.text.contains(&format!("{script}</textarea>")), "{way}");
    }
    assert_eq!(execs(&site), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_engine_that_refuses_or_is_away_is_said_to() {
    let site = site().await;
    let away = || RuntimeError::Refused { action: "run a command", message: HOSTILE.to_owned() };
    site.installation.runtime.fail_next(CallKind::Exec, away());

    let seen = run(&site, "psql", "select 1").await;

    seen.harmless();
    assert_eq!(seen.status, StatusCode::INTERNAL_SERVER_ERROR);
    for said in ["It could not be run.", "Berth failed; its log says why", "select 1</textarea>"] {
        assert!(seen.text.contains(said), "{said} is not in {}", seen.text);
    }
    site.installation.runtime.set_reachable(false);
    assert_eq!(site.get(SHELL).await.status, StatusCode::OK, "the form waits for no engine");
    let seen = run(&site, "psql", "select 1").await;
    assert_eq!(seen.status, StatusCode::SERVICE_UNAVAILABLE, "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_only_speak_sql_is_offered_nothing_else_and_runs_nothing_else() {
    let site = site().await.by_token("read,psql").await;
    let asked = asked(&site);

    let page = site.get(SHELL).await.page();
    assert!(page.contains("value=\"psql\" checked"), "{page}");
    for absent in ["value=\"exec\"", "value=\"shell\"", "berth tenant exec"] {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
    for way in ["exec", "shell"] {
        let seen = run(&site, way, "id").await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{way}");
        assert!(seen.text.contains("id</textarea>"), "{}", seen.text);
    }
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(run(&site, "psql", "select 1").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_finds_no_way_in() {
    let site = site().await.by_member("member").await;

    let tenant = site.get("/organisations/default/tenants/acme").await.page();

    assert!(!tenant.contains("/shell"), "{tenant}");
    assert_eq!(site.get(SHELL).await.status, StatusCode::FORBIDDEN);
    assert_eq!(run(&site, "psql", "select 1").await.status, StatusCode::FORBIDDEN);
}
