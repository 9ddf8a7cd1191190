use proptest::prelude::*;

use super::*;
use crate::probe::Capabilities;

fn name(text: &str) -> ModuleName {
    text.parse().unwrap()
}

fn image() -> Capabilities {
    let module = |title: &str, version: &str, installable| Module {
        title: title.to_owned(),
        version: version.to_owned(),
        installable,
        ..Module::default()
    };
    let modules = [
        ("crm", module("CRM", "1.9", true)),
        ("stock", module("Inventory", "19.0.1.2", true)),
        ("old", module("Old", "1.0", false)),
    ];
    let text = r#"{"series": "19.0", "version": "19.0", "version_info": [], "command": [], "root": "",
        "python": "", "uid": 1, "gid": 1, "addons_path": [], "extra_addons": null, "flags": [],
        "neutralize": true, "wkhtmltopdf": null, "pg_dump": null}"#;
    let mut image: Capabilities = serde_json::from_str(text).unwrap();
    image.modules = modules.map(|(name, module)| (name.to_owned(), module)).into();
    image
}

fn row(cells: [&str; 7]) -> Row {
    cells.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect()
}

fn need(module: &str, needed: &str) -> Row {
    vec![Some(module.to_owned()), Some(needed.to_owned())]
}

fn read(modules: &[Row]) -> Catalogue {
    Catalogue::read(modules, &[], &image())
}

#[test]
fn a_module_has_the_version_of_the_database_beside_that_of_the_image() {
    let known = read(&[row(["crm", "installed", "19.0.1.8", "CRM", "Leads", "Odoo S.A.", "yes"])]);

    let crm = &known.modules[&name("crm")];
    assert_eq!(crm.installed.as_deref(), Some("19.0.1.8"));
    assert_eq!(crm.available.as_deref(), Some("19.0.1.9"));
    assert!(crm.is_outdated() && crm.is_application);
    let stock = &known.modules[&name("stock")];
    assert_eq!((stock.state, stock.title.as_str()), (ModuleState::Uninstalled, "Inventory"));
    assert_eq!(stock.available.as_deref(), Some("19.0.1.2"));
    assert!(!stock.is_outdated());
    assert_eq!(known.state(&name("old")), Some(ModuleState::Uninstallable));
}

#[test]
fn an_uninstalled_module_has_no_version_whatever_the_database_remembers() {
    let known = read(&[row(["crm", "uninstalled", "19.0.1.8", "", "", "", ""])]);

    assert_eq!(known.modules[&name("crm")].installed, None);
}

#[test]
fn an_installed_module_that_the_image_lacks_says_so() {
    let known = read(&[row(["acme_extra", "to upgrade", "19.0.2.0", "Extra", "", "", "no"])]);

    let extra = &known.modules[&name("acme_extra")];
    assert_eq!((extra.available.as_deref(), extra.is_outdated()), (None, false));
    assert_eq!(known.pending().count(), 1);
}

#[test]
fn rows_that_no_odoo_writes_are_left_out() {
    let known = read(&[
        row(["../../etc", "installed", "1", "", "", "", ""]),
        row(["'; DROP TABLE x; --", "installed", "1", "", "", "", ""]),
        row(["crm", "hacked", "1", "", "", "", ""]),
        row(["", "installed", "1", "", "", "", ""]),
    ]);

    assert_eq!(known, read(&[]));
}

#[test]
fn what_falls_with_a_module_is_everything_that_needs_it() {
    let needs = [
        need("sale", "base"),
        need("sale_crm", "sale"),
        need("sale_crm", "crm"),
        need("crm", "base"),
        need("crm_iap", "sale_crm"),
        need("loop_a", "loop_b"),
        need("loop_b", "loop_a"),
        need("'", "sale"),
    ];
    let known = Catalogue::read(&[], &needs, &image());

    let of = |names: &[&str]| {
        let names: Vec<ModuleName> = names.iter().map(|text| name(text)).collect();
        let found = known.dependents(&names);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(of(&["sale"]), ["crm_iap", "sale_crm"]);
    assert_eq!(of(&["sale", "sale_crm"]), ["crm_iap"]);
    assert_eq!(of(&["base"]), ["crm", "crm_iap", "sale", "sale_crm"]);
    assert_eq!(of(&["loop_a"]), ["loop_b"]);
    assert_eq!(of(&["crm_iap"]), [""; 0]);
}

proptest! {
    #[test]
    fn whatever_a_database_says_is_read(cells in prop::collection::vec(prop::collection::vec(prop::option::of(".{0,20}"), 0..9), 0..5)) {
        let known = Catalogue::read(&cells, &cells, &image());

        prop_assert!(known.modules.len() >= 3);
        let all: Vec<ModuleName> = known.modules.keys().cloned().collect();
        let fall = known.dependents(&all);
        prop_assert!(fall.iter().all(|name| !all.contains(name)));
    }
}
