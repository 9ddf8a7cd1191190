//! Modules of a tenant on the command line.

use berth_api::v1::{List, TenantModule, examples};

use crate::changes::done;
use crate::fake::{Canned, Fake};
use crate::run::transcript;

const MODULES: &str = "/api/v1/organisations/default/tenants/acme/modules";

fn told(fake: &Fake, line: &str) -> String {
    transcript(fake.home(), &line.split_whitespace().collect::<Vec<_>>())
}

#[test]
fn modules_are_listed_over_all_pages_and_narrowed() {
    let first = List { items: vec![examples::tenant_module()], next: Some("crm".to_owned()) };
    let last = List { items: vec![examples::tenant_module()], next: None };
    let none: List<TenantModule> = List { items: Vec::new(), next: None };
    let fake = Fake::new([
        (
            format!("GET {MODULES}?state=installed&text=leads&limit=1000").as_str(),
            Canned::json(200, &first),
        ),
        (
            format!("GET {MODULES}?state=installed&text=leads&after=crm&limit=1000").as_str(),
            Canned::json(200, &last),
        ),
        (format!("GET {MODULES}?state=outdated&limit=1000").as_str(), Canned::json(200, &none)),
    ]);

    insta::assert_snapshot!(
        [
            told(&fake, "tenant modules acme leads --installed"),
            told(&fake, "tenant modules acme --outdated")
        ]
        .join("\n")
    );
}

#[test]
fn modules_are_installed_and_uninstalled_as_they_are_typed() {
    let tenant = "GET /api/v1/organisations/default/tenants/acme";
    let fake = Fake::new([
        (format!("POST {MODULES}/install").as_str(), Canned::json(202, &done())),
        (tenant, Canned::json(200, &examples::tenant())),
        (
            format!("POST {MODULES}/uninstall?dry_run=true").as_str(),
            Canned::json(200, &examples::plan()),
        ),
        (format!("POST {MODULES}/uninstall").as_str(), Canned::json(202, &done())),
    ]);

    let said = told(&fake, "tenant install-modules acme crm contacts -q");
    told(&fake, "tenant uninstall-modules acme crm --dry-run");
    told(&fake, "tenant uninstall-modules acme crm --with-dependents --no-wait");

    assert!(said.contains("acme is running"), "{said}");
    let bodies: Vec<String> = fake.seen().into_iter().map(|seen| seen.body).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    assert_eq!(
        bodies,
        [
            r#"{"modules":["crm","contacts"]}"#,
            r#"{"modules":["crm"]}"#,
            r#"{"modules":["crm"],"with_dependents":true}"#,
        ]
    );
}
