//! What changes something.

use std::time::Duration;

use berth_api::v1::{List, Operation, Tenant, examples};

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const TENANTS: &str = "/api/v1/organisations/default/tenants";

pub(crate) fn done() -> Operation {
    let mut operation = examples::operation();
    "done".clone_into(&mut operation.state);
    operation.finished_at = operation.started_at;
    for step in &mut operation.steps {
        "done".clone_into(&mut step.state);
        step.started_at = operation.started_at;
        step.finished_at = operation.started_at;
    }
    operation
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let line = format!("POST {TENANTS}?dry_run=true");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::plan()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "create", "acme", "--dry-run"]));
}

#[test]
fn what_an_operation_would_be_told_is_shown_and_not_told() {
    const OPERATIONS: &str = "/api/v1/organisations/default/operations";
    let id = examples::operation().id;
    for verb in ["cancel", "retry", "undo", "release"] {
        let line = format!("POST {OPERATIONS}/{id}/{verb}?dry_run=true");
        let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::plan()))]);

        let output = run(fake.home(), &["operation", verb, &id, "--dry-run"]);

        assert!(output.status.success(), "{verb}: {output:?}");
        assert!(output.stdout.starts_with(b"would create tenant acme"), "{verb}: {output:?}");
        assert_eq!(output.stderr, b"nothing was changed\n", "{verb}");
        assert_eq!(fake.seen().len(), 1, "{verb}");
    }
}

#[test]
fn a_demo_that_is_only_planned_has_nothing_to_let_go_on() {
    let line = "POST /api/v1/organisations/default/operations?dry_run=true";
    let fake = Fake::new([(line, Canned::json(200, &examples::plan()))]);

    let output = run(fake.home(), &["operation", "demo", "drill", "--dry-run"]);

    assert_eq!(output.stderr, b"nothing was changed\n");
    assert_eq!(fake.seen()[0].body, r#"{"name":"drill"}"#);
}

#[test]
fn a_password_that_is_only_planned_is_not_printed() {
    let line = format!("POST {TENANTS}/acme/password?dry_run=true");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::plan()))]);

    let arguments = ["-o", "json", "tenant", "password", "reset", "acme", "--dry-run"];
    let output = run(fake.home(), &arguments);

    let printed: berth_api::v1::Plan = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, examples::plan());
}

#[test]
fn everything_that_was_typed_is_sent() {
    let line = format!("POST {TENANTS}");
    let fake = Fake::new([(line.as_str(), Canned::json(202, &examples::operation()))]);
    std::fs::write(fake.home().join("password"), "s3cret\n").unwrap();
    let arguments = "tenant create acme --host www.acme.example --stage development \
        --image odoo:18.0 --modules crm,sale --modules stock --language de_DE --country DE --demo \
        --company Acme --admin-login root@acme.example --admin-password-file password \
        --email root@acme.example --time-zone Europe/Berlin --cpu 2 --memory 2GiB --pids 300 \
        --addons addons --idempotency-key key-1 --no-wait";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();

    let transcript = transcript(fake.home(), &arguments);

    insta::assert_snapshot!("create_no_wait", transcript.split_once('\n').unwrap().1);
    let seen = fake.seen().remove(0);
    assert_eq!(seen.idempotency_key.as_deref(), Some("key-1"));
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    let addons = fake.home().join("addons").display().to_string();
    insta::assert_json_snapshot!("create_body", body, { ".addons" => insta::dynamic_redaction(
        move |value, _| {
            assert_eq!(value.as_str(), Some(addons.as_str()));
            "$BERTH_HOME/addons"
        }
    )});
}

#[test]
fn a_change_whose_answer_is_lost_is_asked_for_again_with_the_same_key() {
    let line = format!("POST {TENANTS}/acme/restart");
    let fake = Fake::new([
        (line.as_str(), Canned::lost()),
        (line.as_str(), Canned::json(202, &examples::operation())),
    ]);

    let output = run(fake.home(), &["tenant", "restart", "acme", "--no-wait"]);

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let keys: Vec<_> = fake.seen().into_iter().map(|seen| seen.idempotency_key).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys[0].is_some() && keys[0] == keys[1], "{keys:?}");
}

#[test]
fn what_is_only_looked_at_or_planned_has_no_key() {
    let (show, plan) =
        (format!("GET {TENANTS}/acme"), format!("POST {TENANTS}/acme/restart?dry_run=true"));
    let fake = Fake::new([
        (show.as_str(), Canned::json(200, &examples::tenant())),
        (plan.as_str(), Canned::json(200, &examples::plan())),
    ]);

    run(fake.home(), &["tenant", "show", "acme"]);
    run(fake.home(), &["tenant", "restart", "acme", "--dry-run"]);

    assert_eq!(fake.seen().len(), 2);
    assert!(fake.seen().iter().all(|seen| seen.idempotency_key.is_none()));
}

#[test]
fn a_password_comes_from_standard_input_too() {
    use std::io::Write as _;

    let line = format!("POST {TENANTS}/acme/password");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::credentials()))]);
    let arguments = ["tenant", "password", "reset", "acme", "--password-file", "-"];
    let mut child = crate::run::start_with_input(fake.home(), &arguments);

    child.stdin.take().unwrap().write_all(b"from a pipe").unwrap();
    let output = child.wait_with_output().unwrap();

    insta::assert_snapshot!(crate::run::describe(fake.home(), &arguments, &output));
    assert_eq!(fake.seen()[0].body, r#"{"password":"from a pipe"}"#);
}

#[test]
fn what_is_done_at_once_is_said_at_once() {
    let (stop, show) = (format!("POST {TENANTS}/acme/stop"), format!("GET {TENANTS}/acme"));
    let mut tenant = examples::tenant();
    "stopped".clone_into(&mut tenant.state);
    let fake = Fake::new([
        (stop.as_str(), Canned::json(202, &done())),
        (show.as_str(), Canned::json(200, &tenant)),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "stop", "acme"]));
}

#[test]
fn new_limits_are_sent() {
    let (set, show) = (format!("PATCH {TENANTS}/acme"), format!("GET {TENANTS}/acme"));
    let fake = Fake::new([
        (set.as_str(), Canned::json(202, &done())),
        (show.as_str(), Canned::json(200, &examples::tenant())),
    ]);

    let transcript =
        transcript(fake.home(), &["tenant", "set", "acme", "--cpu", "2", "--memory", "2GiB"]);

    insta::assert_snapshot!(transcript);
    assert_eq!(fake.seen()[0].body, r#"{"cpu":"2","memory":"2GiB"}"#);
}

#[test]
fn setting_nothing_is_bad_usage() {
    let fake = Fake::new([]);

    let output = run(fake.home(), &["tenant", "set", "acme"]);

    assert_eq!(output.status.code(), Some(2));
    assert!(fake.seen().is_empty());
}

#[test]
fn a_deletion_that_nobody_confirms_is_refused() {
    let fake = Fake::new([]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "delete", "acme"]));
    assert!(fake.seen().is_empty());
}

/// A tenant that can still be brought back.
fn deleted() -> Tenant {
    let tenant = examples::tenant();
    let since = Some(tenant.created_at);
    let until = Some(tenant.created_at + Duration::from_hours(24 * 7));
    Tenant { state: "deleted".to_owned(), since, until, ..tenant }
}

#[test]
fn a_deletion_says_until_when_the_tenant_can_be_brought_back() {
    let (delete, show) = (format!("DELETE {TENANTS}/acme"), format!("GET {TENANTS}/acme"));
    let operation = Operation { kind: "tenant.delete".to_owned(), ..done() };
    let fake = Fake::new([
        (delete.as_str(), Canned::json(202, &operation)),
        (show.as_str(), Canned::json(200, &deleted())),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "delete", "acme", "--yes"]));
}

#[test]
fn a_deletion_for_good_says_so() {
    let line = format!("DELETE {TENANTS}/acme?now=true");
    let operation = Operation { kind: "tenant.purge".to_owned(), ..done() };
    let fake = Fake::new([(line.as_str(), Canned::json(202, &operation))]);
    let arguments = ["tenant", "delete", "acme", "--now", "--yes", "-q"];

    insta::assert_snapshot!(transcript(fake.home(), &arguments));
}

#[test]
fn every_change_of_a_tenants_life_is_asked_for() {
    for (command, state) in [
        ("suspend", "suspended"),
        ("resume", "running"),
        ("archive", "archived"),
        ("unarchive", "running"),
        ("restore-deleted", "running"),
    ] {
        let change = format!("POST {TENANTS}/acme/{command}");
        let show = format!("GET {TENANTS}/acme");
        let tenant = Tenant { state: state.to_owned(), ..examples::tenant() };
        let fake = Fake::new([
            (change.as_str(), Canned::json(202, &done())),
            (show.as_str(), Canned::json(200, &tenant)),
        ]);

        let output = run(fake.home(), &["tenant", command, "acme", "-q"]);

        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with(&format!("acme is {state}")), "{command}: {said}");
    }
}

#[test]
fn a_renaming_is_sent_and_answered_under_the_new_name() {
    let (rename, show) = (format!("POST {TENANTS}/acme/rename"), format!("GET {TENANTS}/acme2"));
    let tenant = Tenant {
        name: "acme2".to_owned(),
        url: "http://acme2.localhost:8069".to_owned(),
        ..examples::tenant()
    };
    let fake = Fake::new([
        (rename.as_str(), Canned::json(202, &done())),
        (show.as_str(), Canned::json(200, &tenant)),
    ]);

    let output = run(fake.home(), &["tenant", "rename", "acme", "acme2", "-q"]);

    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "acme2 is running at http://acme2.localhost:8069\n");
    assert_eq!(fake.seen()[0].body, r#"{"name":"acme2"}"#);
}

#[test]
fn what_is_only_noted_needs_no_operation() {
    let line = format!("PATCH {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::tenant()))]);
    let arguments = "tenant set acme --owner anna --tag vip,eu --untag old --notes= --expires 14d \
        --storage 10GiB";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();

    insta::assert_snapshot!(transcript(fake.home(), &arguments));
    insta::assert_snapshot!("notes_body", fake.seen()[0].body);
}

#[test]
fn quotas_are_listed_set_and_taken_away() {
    const QUOTAS: &str = "/api/v1/organisations/default";
    let list = List { items: vec![examples::quota()], next: None };
    let fake = Fake::new([
        (format!("GET {QUOTAS}/quotas?limit=1000").as_str(), Canned::json(200, &list)),
        (
            format!("PUT {QUOTAS}/quotas/anna%40acme%2Eexample").as_str(),
            Canned::json(200, &examples::quota()),
        ),
        (
            format!("DELETE {QUOTAS}/quota?dry_run=true").as_str(),
            Canned::json(200, &examples::plan()),
        ),
    ]);
    let told: Vec<String> = [
        "quota list",
        "quota set anna@acme.example --tenants 3 --cpu 4",
        "quota clear --everybody --dry-run",
        "quota set anna --everybody --tenants 1",
        "quota set anna",
    ]
    .map(|line| transcript(fake.home(), &line.split_whitespace().collect::<Vec<_>>()))
    .to_vec();

    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(fake.seen()[1].body, r#"{"tenants":3,"cpu":"4"}"#);
}

#[test]
fn programs_get_the_finished_operation() {
    let line = format!("POST {TENANTS}/acme/start");
    let fake = Fake::new([(line.as_str(), Canned::json(202, &done()))]);

    let output = run(fake.home(), &["-o", "json", "-q", "tenant", "start", "acme"]);

    let printed: Operation = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed, done());
    assert!(output.stderr.is_empty());
}
