//! What Berth sees of tenants and does about them, and what belongs to nobody.

use berth_api::v1::{
    List, OrphanRemoved, Orphans, Plan, PlanAction, Reconciliation, TenantPlan, examples,
};

use crate::fake::{Canned, Fake};
use crate::run::{run, transcript};

const PLAN: &str = "GET /api/v1/organisations/default/tenants/acme/plan";
const RECONCILE: &str = "POST /api/v1/organisations/default/tenants/acme/reconcile";
const ORPHANS: &str = "GET /api/v1/orphans";
const REMOVE: &str = "POST /api/v1/orphans/remove";

fn plan(plan: &TenantPlan) -> String {
    let fake = Fake::new([(PLAN, Canned::json(200, plan))]);
    transcript(fake.home(), &["tenant", "plan", "acme"])
}

#[test]
fn a_plan_shows_what_is_there_and_what_would_be_done() {
    insta::assert_snapshot!(plan(&examples::tenant_plan()));
}

#[test]
fn a_tenant_that_is_well_has_nothing_to_do() {
    let well =
        TenantPlan { state: "running".to_owned(), actions: Vec::new(), ..examples::tenant_plan() };

    insta::assert_snapshot!(plan(&well));
}

#[test]
fn an_operation_at_work_is_named() {
    insta::assert_snapshot!(plan(&examples::tenant_plan_at_work()));
}

#[test]
fn what_cannot_be_put_right_comes_with_what_helps() {
    insta::assert_snapshot!(plan(&examples::tenant_plan_in_trouble()));
}

#[test]
fn a_plan_is_carried_out_and_what_came_of_it_is_said() {
    let fake = Fake::new([
        (RECONCILE, Canned::json(200, &Reconciliation { at_work: true, ..working() })),
        (RECONCILE, Canned::json(200, &examples::reconciliation())),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "plan", "acme", "--apply"]));
    assert_eq!(fake.seen().len(), 2);
}

fn working() -> Reconciliation {
    Reconciliation { done: Vec::new(), ..examples::reconciliation() }
}

#[test]
fn what_could_not_be_put_right_is_no_success() {
    let trouble = Reconciliation { now: examples::tenant_plan_in_trouble(), ..working() };
    let fake = Fake::new([(RECONCILE, Canned::json(200, &trouble))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "plan", "acme", "--apply"]));
}

#[test]
fn programs_get_the_plan_as_the_api_says_it() {
    let fake = Fake::new([(PLAN, Canned::json(200, &examples::tenant_plan()))]);

    let output = run(fake.home(), &["tenant", "plan", "acme", "--output", "json"]);

    let said: TenantPlan = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said, examples::tenant_plan());
}

#[test]
fn orphans_are_listed() {
    let fake = Fake::new([(ORPHANS, Canned::json(200, &examples::orphans()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["orphans", "list"]));
}

#[test]
fn no_orphans_is_said_so_and_what_was_not_looked_at_is_named() {
    let unseen = vec!["databases: PostgreSQL is starting".to_owned()];
    let none = Orphans { items: Vec::new(), unseen };
    let fake = Fake::new([(ORPHANS, Canned::json(200, &none))]);

    insta::assert_snapshot!(transcript(fake.home(), &["orphans", "list"]));
}

#[test]
fn programs_get_orphans_as_the_api_lists_them() {
    let fake = Fake::new([(ORPHANS, Canned::json(200, &examples::orphans()))]);

    let output = run(fake.home(), &["orphans", "list", "--output", "json"]);

    let said: Orphans = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said, examples::orphans());
}

fn removed(problem: Option<&str>) -> Canned {
    let one = |problem: Option<&str>| OrphanRemoved {
        problem: problem.map(str::to_owned),
        ..examples::orphan_removed()
    };
    Canned::json(200, &List { items: vec![one(None), one(problem)], next: None })
}

#[test]
fn a_removal_says_what_is_gone_and_what_is_not() {
    let fake = Fake::new([(REMOVE, removed(Some("it belongs to somebody by now")))]);

    let arguments = ["orphans", "remove", "database/t_800000b001", "role/t_800000b001", "--yes"];
    insta::assert_snapshot!(transcript(fake.home(), &arguments));
    assert_eq!(fake.seen()[0].body, r#"{"names":["database/t_800000b001","role/t_800000b001"]}"#);
}

#[test]
fn all_that_are_old_enough_are_removed() {
    let fake = Fake::new([(REMOVE, removed(None))]);

    let output = run(fake.home(), &["orphans", "remove", "--all", "--older-than", "1h", "--yes"]);

    assert!(output.status.success(), "{output:?}");
    assert_eq!(fake.seen()[0].body, r#"{"all":true,"older_than":"1h"}"#);
}

#[test]
fn a_removal_is_planned_and_nobody_confirms_it() {
    let action = |text: &str| PlanAction { step: "role".to_owned(), text: text.to_owned() };
    let plan = Plan {
        summary: "remove 1 orphan for good".to_owned(),
        actions: vec![action("remove role `t_800000b001` (the role of a tenant that is gone)")],
        settings: std::collections::BTreeMap::new(),
    };
    let line = format!("{REMOVE}?dry_run=true");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &plan))]);

    let dry = transcript(fake.home(), &["orphans", "remove", "--all", "--dry-run"]);
    let nobody = transcript(fake.home(), &["orphans", "remove", "--all"]);

    insta::assert_snapshot!(format!("{dry}{nobody}"));
    assert_eq!(fake.seen().len(), 1, "without a person nothing is asked for");
}

#[test]
fn bad_usage_of_a_removal_is_told_before_anybody_is_asked() {
    let fake = Fake::new([]);

    for arguments in [
        &["orphans", "remove"][..],
        &["orphans", "remove", "role/x", "--all"],
        &["orphans", "remove", "role/x", "--older-than", "1h"],
    ] {
        let output = run(fake.home(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
    }
    assert!(fake.seen().is_empty());
}

#[test]
fn an_adoption_is_begun_and_says_what_comes_next() {
    const ADOPT: &str = "POST /api/v1/organisations/default/adoptions";
    let mut operation = examples::operation();
    "done".clone_into(&mut operation.state);
    "tenant.adopt".clone_into(&mut operation.kind);
    let fake = Fake::new([(ADOPT, Canned::json(202, &operation))]);

    let orphan = ["orphans", "adopt", "database/t_800000b001", "--name", "acme"];
    let arguments = [&orphan[..], &["--stage", "development", "--addons", "/srv/addons"]].concat();
    let seen = transcript(fake.home(), &arguments);

    assert!(seen.contains("acme is archived"), "{seen}");
    assert!(seen.contains("berth tenant unarchive acme"), "{seen}");
    let body = r#"{"orphan":"database/t_800000b001","name":"acme","stage":"development","addons":"/srv/addons"}"#;
    assert_eq!(fake.seen()[0].body, body);
}
