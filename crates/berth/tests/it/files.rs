//! Tenants that files describe, as far as the command line has a say in it.

use berth_api::v1::{List, Problem, TenantDifference, examples};

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const COMPARISONS: &str = "POST /api/v1/organisations/default/comparisons";
const TENANTS: &str = "GET /api/v1/organisations/default/tenants?limit=1000";

fn listed(items: Vec<TenantDifference>) -> Canned {
    Canned::json(200, &List { items, next: None })
}

/// One that nothing stands in the way of.
fn difference(name: &str, action: &str) -> TenantDifference {
    let mut difference = TenantDifference {
        name: name.to_owned(),
        action: action.to_owned(),
        ..examples::tenant_difference()
    };
    difference.problems.clear();
    difference.fields.remove(0);
    if action == "delete" || action == "none" {
        difference.fields.clear();
    }
    difference
}

fn write(fake: &Fake, text: &str) {
    std::fs::write(fake.home().join("tenants.toml"), text).unwrap();
}

#[test]
fn a_difference_is_shown_tenant_by_tenant_and_field_by_field() {
    let all = ["create", "set", "none", "delete"].map(|action| difference(action, action));
    let fake = Fake::new([(COMPARISONS, listed(all.to_vec()))]);
    write(&fake, "[[tenant]]\nname = \"acme\"\naddons = \"addons\"\n");

    insta::assert_snapshot!(transcript(fake.home(), &["diff", "tenants.toml", "--prune"]));

    let sent: serde_json::Value = serde_json::from_str(&fake.seen()[0].body).unwrap();
    let addons = fake.home().join("addons").display().to_string();
    assert_eq!(
        sent,
        serde_json::json!({
            "tenants": [{ "name": "acme", "addons": addons }],
            "mark": "from-files",
            "prune": true,
        })
    );
    let output = run(fake.home(), &["-o", "json", "diff", "tenants.toml"]);
    let printed: List<TenantDifference> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((printed.items, output.status.code()), (all.to_vec(), Some(1)));
}

#[test]
fn what_is_wrong_with_files_is_said_without_a_server() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("a.toml"), "[[tenant]]\nname = \"acme\"\nmemry = 1\n").unwrap();

    insta::assert_snapshot!(transcript(home.path(), &["apply", "a.toml"]));
    // Nothing is wrong with the files here; nobody is asked whether it differs either.
    std::fs::write(home.path().join("a.toml"), "[[tenant]]\nname = \"acme\"\n").unwrap();
    assert_eq!(run(home.path(), &["diff", "a.toml"]).status.code(), Some(2));
}

#[test]
fn what_nobody_waits_for_is_said_to_be_going_on() {
    let tenant = "PATCH /api/v1/organisations/default/tenants/acme";
    let fake = Fake::new([
        (COMPARISONS, listed(vec![difference("acme", "set")])),
        (tenant, Canned::json(202, &examples::operation())),
    ]);
    write(&fake, "[[tenant]]\nname = \"acme\"\n");

    insta::assert_snapshot!(transcript(fake.home(), &["apply", "tenants.toml", "--no-wait"]));
    let sent = &fake.seen()[1];
    assert_eq!(sent.body, r#"{"memory":"2GiB","add_tags":["vip"]}"#);
    let etag = examples::tenant().etag;
    assert_eq!(sent.if_match, Some(format!("\"{etag}\"")), "nothing that changed since is changed");

    let output = run(fake.home(), &["-o", "json", "apply", "tenants.toml", "--no-wait"]);
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "name": "acme", "action": "set", "state": "begun", "operation": examples::operation().id,
        "problem": null,
    });
    assert_eq!(printed["items"], serde_json::json!([expected]));
}

#[test]
fn a_change_whose_answer_is_lost_is_not_said_to_have_failed() {
    let changed = "PATCH /api/v1/organisations/default/tenants/acme";
    let deleted = "DELETE /api/v1/organisations/default/tenants/beta";
    let fake = Fake::new([
        (COMPARISONS, listed(vec![difference("acme", "set"), difference("beta", "delete")])),
        (changed, Canned::json(202, &examples::operation()).and_breaks_off()),
        (deleted, Canned::problem(&Problem { status: 409, ..examples::problem() })),
    ]);
    write(&fake, "[[tenant]]\nname = \"acme\"\n");

    let apply = ["apply", "tenants.toml", "--prune", "--yes"];
    let transcript = transcript(fake.home(), &apply);

    for said in
        ["acme may or may not be changed\nbeta was not deleted\n", "2 of 2 failed", "exit 2"]
    {
        assert!(transcript.contains(said), "{said}: {transcript}");
    }
    let output = run(fake.home(), &[&["-o", "json"], apply.as_slice()].concat());
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let states = ["/items/0/state", "/items/1/state"].map(|at| printed.pointer(at).cloned());
    assert_eq!(states, [Some("unknown".into()), Some("failed".into())]);
}

#[test]
fn a_change_that_was_made_is_not_said_to_have_failed() {
    let [changed, broken, refused] = ["acme", "beta", "gamma"]
        .map(|name| format!("PATCH /api/v1/organisations/default/tenants/{name}"));
    let done = "urn:berth:problem:done".to_owned();
    let done = Problem { kind: done, status: 409, ..examples::problem() };
    let fake = Fake::new([
        (
            COMPARISONS,
            listed(["acme", "beta", "gamma"].map(|name| difference(name, "set")).to_vec()),
        ),
        (&changed, Canned::problem(&done)),
        // It may have failed after it had changed the tenant.
        (&broken, Canned::problem(&Problem { status: 500, ..examples::problem() })),
        (&refused, Canned::problem(&Problem { status: 412, ..examples::problem() })),
    ]);
    write(&fake, "[[tenant]]\nname = \"acme\"\n");

    let transcript = transcript(fake.home(), &["apply", "tenants.toml"]);

    let lines = "acme is changed\nbeta may or may not be changed\ngamma was not changed\n";
    assert!(transcript.contains(lines), "{transcript}");
    assert!(transcript.contains("2 of 3 failed"), "{transcript}");
}

#[test]
fn an_export_names_everything_that_cannot_be_exported() {
    let mut gone = examples::tenant();
    "gone".clone_into(&mut gone.name);
    "deleted".clone_into(&mut gone.state);
    let list = List { items: vec![examples::tenant(), gone], next: None };
    let fake = Fake::new([(TENANTS, Canned::json(200, &list))]);

    insta::assert_snapshot!(transcript(fake.home(), &["export", "nobody", "gone", "acme"]));
    insta::assert_snapshot!(transcript(fake.home(), &["export"]));
}
