//! Organisations: made, looked at, titled and deleted.

use berth_api::v1::{List, Organisation, Plan, PlanAction, Tenant, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

const ALL: &str = "/api/v1/organisations";
const ONE: &str = "/api/v1/organisations/acme";

fn removal() -> Plan {
    let action = |text: &str| PlanAction { step: "contents".to_owned(), text: text.to_owned() };
    Plan {
        summary: "delete organisation acme".to_owned(),
        actions: vec![
            action("remove 2 memberships: al@example.com, jo@example.com"),
            action("remove 1 token: ci"),
            action("remove it for good; the audit keeps what was done in it"),
        ],
        settings: [("name".to_owned(), "acme".to_owned())].into(),
    }
}

#[test]
fn organisations_are_listed_and_an_empty_list_says_why() {
    let bare = Organisation { name: "default".to_owned(), title: None, ..examples::organisation() };
    let some = List { items: vec![examples::organisation(), bare], next: None };
    let none: List<Organisation> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (format!("GET {ALL}?limit=1000").as_str(), Canned::json(200, &some)),
        (format!("GET {ALL}?text=x&sort=-name&limit=1000").as_str(), Canned::json(200, &none)),
    ]);

    insta::assert_snapshot!("organisations", transcript(fake.home(), &["organisation", "list"]));
    let none = transcript(fake.home(), &["organisation", "list", "x", "--reverse"]);
    insta::assert_snapshot!("no_organisations", none);
}

#[test]
fn one_is_made_shown_titled_and_deleted() {
    let fake = Fake::new([
        (format!("POST {ALL}").as_str(), Canned::json(201, &examples::organisation())),
        (format!("GET {ONE}").as_str(), Canned::json(200, &examples::organisation())),
        (format!("PATCH {ONE}").as_str(), Canned::json(200, &examples::organisation())),
        (format!("DELETE {ONE}?dry_run=true").as_str(), Canned::json(200, &removal())),
        (format!("DELETE {ONE}").as_str(), Canned::empty(204)),
    ]);
    let run = |arguments: &[&str]| transcript(fake.home(), arguments);

    let make = ["organisation", "create", "acme", "--title", "Acme Ltd"];
    insta::assert_snapshot!("organisation_made", run(&make));
    insta::assert_snapshot!("organisation", run(&["organisation", "show", "acme"]));
    run(&["organisation", "set", "acme", "--title", ""]);
    let planned = run(&["organisation", "delete", "acme", "--dry-run"]);
    insta::assert_snapshot!("organisation_would_go", planned);
    insta::assert_snapshot!("nobody_confirms", run(&["organisation", "delete", "acme"]));
    insta::assert_snapshot!("organisation_gone", run(&["organisation", "delete", "acme", "--yes"]));

    let bodies: Vec<String> = fake.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies[0], r#"{"name":"acme","title":"Acme Ltd"}"#);
    assert_eq!(bodies[2], r#"{"title":""}"#);
}

#[test]
fn an_operator_looks_at_the_tenants_of_all() {
    let other =
        Tenant { organisation: "globex".to_owned(), name: "beta".to_owned(), ..examples::tenant() };
    let all = List { items: vec![examples::tenant(), other], next: None };
    let fake = Fake::new([("GET /api/v1/tenants?limit=1000", Canned::json(200, &all))]);

    let listed = transcript(fake.home(), &["tenant", "list", "--all-organisations"]);

    insta::assert_snapshot!("tenants_of_all", listed);
}

#[test]
fn what_helps_is_said_for_the_organisation_that_is_meant() {
    let none: List<Tenant> = List { items: Vec::new(), next: None };
    let fake =
        Fake::new([(format!("GET {ONE}/tenants?limit=1000").as_str(), Canned::json(200, &none))]);

    let listed = transcript(fake.home(), &["--organisation", "acme", "tenant", "list"]);

    assert!(listed.contains("`berth --organisation acme tenant create demo`"), "{listed}");
}
