//! What reads, reads well.

use berth_api::v1::{List, Operation, Tenant, examples};

use crate::fake::{Canned, Fake};
use crate::run::transcript;

const TENANTS: &str = "/api/v1/organisations/default/tenants";

fn tenants(tenants: Vec<Tenant>, next: Option<&str>) -> Canned {
    Canned::json(200, &List { items: tenants, next: next.map(str::to_owned) })
}

fn other() -> Tenant {
    Tenant {
        name: "beta-longer-name".to_owned(),
        state: "stopped".to_owned(),
        stage: "test".to_owned(),
        url: "http://beta-longer-name.localhost:8069".to_owned(),
        ..examples::tenant()
    }
}

#[test]
fn no_tenants_come_with_advice() {
    let line = format!("GET {TENANTS}?limit=1000");
    let fake = Fake::new([(line.as_str(), tenants(Vec::new(), None))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "list"]));
}

#[test]
fn tenants_are_listed_over_all_pages() {
    let (first, second) =
        (format!("GET {TENANTS}?limit=1000"), format!("GET {TENANTS}?after=acme&limit=1000"));
    let fake = Fake::new([
        (first.as_str(), tenants(vec![examples::tenant()], Some("acme"))),
        (second.as_str(), tenants(vec![other()], None)),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "list"]));
}

#[test]
fn those_that_fill_most_come_first() {
    let line = format!("GET {TENANTS}?sort=-storage&limit=1000");
    let storage = |used| {
        let storage = examples::tenant().storage.unwrap();
        Some(berth_api::v1::Storage { used_bytes: used, ..storage })
    };
    let all = vec![
        Tenant { storage: storage(Some(11 << 30)), ..examples::tenant() },
        Tenant { name: "small".to_owned(), storage: storage(Some(1 << 20)), ..other() },
        Tenant { name: "new".to_owned(), storage: None, ..other() },
    ];
    let fake = Fake::new([(line.as_str(), tenants(all, None))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "list", "--sort", "storage"]));
}

#[test]
fn a_list_in_another_order_shows_what_it_is_sorted_by_and_how_it_goes_on() {
    let soon = Tenant { expires_at: Some(examples::tenant().created_at), ..examples::tenant() };
    let all = vec![soon, other()];
    for (name, sort, line) in [
        ("the_youngest_first", &["--sort", "created"][..], "sort=-created&limit=2"),
        ("those_that_expire_first", &["--sort", "expires"][..], "sort=expires&limit=2"),
        (
            "those_that_fill_least_first",
            &["--sort", "storage", "--reverse", "--after", "-1:a"][..],
            "sort=storage&after=-1%3Aa&limit=2",
        ),
        ("the_last_name_first", &["--reverse"][..], "sort=-name&limit=2"),
    ] {
        let line = format!("GET {TENANTS}?{line}");
        let fake = Fake::new([(line.as_str(), tenants(all.clone(), Some("17:beta")))]);
        let arguments = [&["tenant", "list", "--limit", "2"], sort].concat();

        insta::assert_snapshot!(name, transcript(fake.home(), &arguments));
    }
}

#[test]
fn what_cannot_be_measured_is_shown_with_its_age() {
    let storage = berth_api::v1::Storage {
        age_seconds: Some(9000),
        problem: Some("cannot count its files: no such folder".to_owned()),
        ..examples::tenant().storage.unwrap()
    };
    let tenant = Tenant { storage: Some(storage), ..examples::tenant() };
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &tenant))]);

    let transcript = transcript(fake.home(), &["tenant", "show", "acme"]);

    let expected = "412 MiB of 10 GiB, measured 2 h ago: database 300 MiB, files 112 MiB; cannot count its files: no such folder";
    assert!(transcript.contains(expected), "{transcript}");
}

#[test]
fn what_fills_the_disks_is_shown_largest_first() {
    let answer = Canned::json(200, &examples::disk());
    let fake = Fake::new([("GET /api/v1/disk", answer)]);

    insta::assert_snapshot!(transcript(fake.home(), &["disk"]));
}

#[test]
fn filters_are_handed_on() {
    let line = format!("GET {TENANTS}?text=a%26b&state=running&stage=test&after=m&limit=1");
    let fake = Fake::new([(line.as_str(), tenants(vec![other()], Some("n")))]);
    let arguments = ["tenant", "list", "a&b", "--state", "running", "--stage", "test"];
    let arguments = [&arguments[..], &["--after", "m", "--limit", "1"]].concat();

    insta::assert_snapshot!(transcript(fake.home(), &arguments));
}

#[test]
fn another_organisation_is_another_path() {
    let line = "GET /api/v1/organisations/acme-group/tenants?limit=1000";
    let fake = Fake::new([(line, tenants(Vec::new(), None))]);

    let transcript =
        transcript(fake.home(), &["--organisation", "acme-group", "tenant", "list", "--quiet"]);

    assert!(transcript.ends_with("list --quiet\n----- exit 0 -----\n"), "{transcript}");
}

#[test]
fn programs_get_json() {
    let line = format!("GET {TENANTS}?limit=1000");
    let fake = Fake::new([(line.as_str(), tenants(vec![examples::tenant()], None))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "list", "--output", "json"]));
}

#[test]
fn a_tenant_is_shown() {
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &examples::tenant()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "show", "acme"]));
}

#[test]
fn a_stopped_tenant_opens_with_a_warning() {
    let line = format!("GET {TENANTS}/beta-longer-name");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &other()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["tenant", "open", "beta-longer-name"]));
}

#[test]
fn hostile_text_cannot_steer_the_terminal() {
    let mut tenant = examples::tenant();
    tenant.odoo.company = "Acme\x1b[2J\u{9b}1;1H".to_owned();
    let line = format!("GET {TENANTS}/acme");
    let fake = Fake::new([(line.as_str(), Canned::json(200, &tenant))]);

    let transcript = transcript(fake.home(), &["tenant", "show", "acme"]);

    assert!(!transcript.contains(['\x1b', '\u{9b}']), "{transcript}");
}

#[test]
fn operations_are_listed_and_shown() {
    let operation = examples::operation();
    let show = format!("GET /api/v1/organisations/default/operations/{}", operation.id);
    let list = List { items: vec![operation.clone()], next: Some(operation.id.clone()) };
    let fake = Fake::new([
        ("GET /api/v1/organisations/default/operations?limit=20", Canned::json(200, &list)),
        (show.as_str(), Canned::json(200, &operation)),
    ]);

    insta::assert_snapshot!("operations", transcript(fake.home(), &["operation", "list"]));
    insta::assert_snapshot!(
        "operation",
        transcript(fake.home(), &["operation", "show", &operation.id])
    );
}

#[test]
fn no_operations_is_said_so() {
    let list = List::<Operation> { items: Vec::new(), next: None };
    let line = "GET /api/v1/organisations/default/operations?state=stuck&kind=tenant.set&tenant=acme&limit=20";
    let fake = Fake::new([(line, Canned::json(200, &list))]);
    let arguments =
        ["operation", "list", "--state", "stuck", "--kind", "tenant.set", "--tenant", "acme"];

    insta::assert_snapshot!(transcript(fake.home(), &arguments));
}

#[test]
fn the_installation_in_one_look() {
    let fake = Fake::new([("GET /api/v1/status", Canned::json(200, &examples::status()))]);

    insta::assert_snapshot!(transcript(fake.home(), &["status"]));
}

#[test]
fn a_failed_check_fails_the_doctor_and_a_warning_does_not() {
    let mut checks = vec![examples::check()];
    let list = |items: &[berth_api::v1::Check]| {
        Canned::json(200, &List { items: items.to_vec(), next: None })
    };
    let warning = list(&checks);
    checks.push(berth_api::v1::Check {
        name: "postgres".to_owned(),
        status: "failed".to_owned(),
        detail: "the server does not answer".to_owned(),
        hint: None,
    });
    let fake = Fake::new([("GET /api/v1/doctor", warning), ("GET /api/v1/doctor", list(&checks))]);

    insta::assert_snapshot!("doctor_warns", transcript(fake.home(), &["doctor"]));
    insta::assert_snapshot!("doctor_fails", transcript(fake.home(), &["doctor"]));
}

#[test]
fn who_did_what_is_a_table_that_says_how_to_go_on() {
    const AUDIT: &str = "/api/v1/organisations/default/audit";
    let some = List { items: vec![examples::audit_entry()], next: Some("aud_1".to_owned()) };
    let none: List<berth_api::v1::AuditEntry> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (format!("GET {AUDIT}?limit=20").as_str(), Canned::json(200, &some)),
        (format!("GET {AUDIT}?actor=system&limit=20").as_str(), Canned::json(200, &none)),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["audit", "list"]));
    insta::assert_snapshot!(transcript(fake.home(), &["audit", "list", "--actor", "system"]));
}

#[test]
fn who_did_what_is_exported_over_all_pages_one_line_each() {
    let id = examples::audit_entry().id;
    let page = |next: Option<&str>| {
        let next = next.map(str::to_owned);
        Canned::json(200, &List { items: vec![examples::audit_entry()], next })
    };
    let fake = Fake::new([
        ("GET /api/v1/audit?limit=1000", page(Some(&id))),
        (format!("GET /api/v1/audit?before={id}&limit=1000").as_str(), page(None)),
    ]);

    insta::assert_snapshot!(transcript(fake.home(), &["audit", "export", "--installation"]));
}
