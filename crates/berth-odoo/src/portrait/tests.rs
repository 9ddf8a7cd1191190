use std::collections::BTreeMap;

use super::*;
use crate::probe::Module;

fn row(cells: &[Option<&str>]) -> Row {
    cells.iter().map(|cell| cell.map(str::to_owned)).collect()
}

fn facts() -> Vec<Row> {
    [("uuid", "u-1"), ("login", "admin"), ("company", "Acme"), ("language", "en_US")]
        .map(|(key, value)| row(&[Some(key), Some(value)]))
        .into_iter()
        .chain([row(&[Some("time_zone"), None]), row(&[Some("email"), Some("not an address")])])
        .collect()
}

fn modules(states: &[(&str, &str)]) -> Vec<Row> {
    let version = Some("19.0.1.3");
    states.iter().map(|(name, state)| row(&[Some(name), Some(state), version])).collect()
}

fn installed() -> Vec<Row> {
    modules(&[
        ("base", "installed"),
        ("crm", "installed"),
        ("mail", "installed"),
        ("hr", "uninstalled"),
    ])
}

fn capabilities() -> Capabilities {
    let module = |depends: &[&str]| Module {
        depends: depends.iter().map(|&name| name.to_owned()).collect(),
        ..Module::default()
    };
    let modules = [("base", module(&[])), ("mail", module(&["base"])), ("crm", module(&["mail"]))];
    Capabilities {
        series: "19.0".to_owned(),
        modules: modules.map(|(name, module)| (name.to_owned(), module)).into(),
        ..empty()
    }
}

fn empty() -> Capabilities {
    Capabilities {
        series: String::new(),
        version: String::new(),
        version_info: Vec::new(),
        command: Vec::new(),
        root: String::new(),
        python: String::new(),
        uid: 0,
        gid: 0,
        addons_path: Vec::new(),
        extra_addons: None,
        flags: Vec::new(),
        neutralize: true,
        wkhtmltopdf: None,
        pg_dump: None,
        languages: BTreeMap::new(),
        modules: BTreeMap::new(),
    }
}

fn nowhere(_: &str) -> bool {
    false
}

#[test]
fn a_database_says_who_it_is() {
    let portrait = Portrait::read(&facts(), &installed()).unwrap();

    assert_eq!((portrait.uuid.as_str(), portrait.company.as_str()), ("u-1", "Acme"));
    assert_eq!(portrait.language.as_ref().map(Language::as_str), Some("en_US"));
    assert_eq!((portrait.time_zone.clone(), portrait.email.clone()), (None, None));
    assert_eq!(portrait.fits(&capabilities(), nowhere), Ok(()));
    let asked: Vec<_> =
        portrait.asked_for(&capabilities()).iter().map(ToString::to_string).collect();
    assert_eq!(asked, ["crm"]);
}

#[test]
fn what_is_no_odoo_is_not_taken_for_one() {
    let without = |key: &str| -> Vec<Row> {
        facts().into_iter().filter(|row| cell(row, 0) != Some(key)).collect()
    };

    for (key, what) in
        [("uuid", "`database.uuid`"), ("login", "administrator"), ("company", "main company")]
    {
        let refused = Portrait::read(&without(key), &installed());
        assert_eq!(refused, Err(Misfit::NotOdoo(what)));
    }
    assert_eq!(Portrait::read(&facts(), &[]), Err(Misfit::NotOdoo("module `base`")));
}

#[test]
fn a_database_that_is_being_changed_is_not_taken() {
    let states = [("base", "installed"), ("crm", "to upgrade"), ("mail", "to install")];

    let refused = Portrait::read(&facts(), &modules(&states));

    assert_eq!(refused, Err(Misfit::HalfWay("crm, mail".to_owned())));
}

#[test]
fn an_image_that_cannot_run_the_database_is_refused() {
    let portrait = Portrait::read(&facts(), &installed()).unwrap();
    let older = Capabilities { series: "18.0".to_owned(), ..capabilities() };
    // `19.0` is no beginning of `19.01`, should there ever be one.
    let alike = Capabilities { series: "19".to_owned() + ".", ..capabilities() };
    let poorer = Capabilities { modules: BTreeMap::new(), ..capabilities() };

    assert!(matches!(portrait.fits(&older, nowhere), Err(Misfit::OtherSeries { .. })));
    assert!(matches!(portrait.fits(&alike, nowhere), Err(Misfit::OtherSeries { .. })));
    let lacks = |modules: &str| Err(Misfit::ModulesMissing(modules.to_owned()));
    assert_eq!(portrait.fits(&poorer, nowhere), lacks("crm, mail"));
    assert_eq!(portrait.fits(&poorer, |name| name == "crm"), lacks("mail"));
}
