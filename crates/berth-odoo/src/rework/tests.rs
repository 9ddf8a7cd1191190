use super::*;

fn capabilities(flags: &[&str]) -> Capabilities {
    let text = r#"{"series": "19.0", "version": "19.0", "version_info": [],
        "command": ["/usr/bin/odoo"], "root": "", "python": "", "uid": 1, "gid": 1, "addons_path": [],
        "extra_addons": null, "flags": [], "neutralize": true, "wkhtmltopdf": null, "pg_dump": null}"#;
    let mut capabilities: Capabilities = serde_json::from_str(text).unwrap();
    capabilities.flags = flags.iter().map(|&flag| flag.to_owned()).collect();
    capabilities
}

fn names(texts: &[&str]) -> Vec<ModuleName> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn argv(rework: Rework, flags: &[&str]) -> Vec<String> {
    let database: ObjectName = "t_0123456789".parse().unwrap();
    let modules = names(&["crm", "stock"]);
    let run =
        Run { conf: "/etc/odoo/odoo.conf", database: &database, modules: &modules, demo: false };
    rework.argv(&run, &capabilities(flags))
}

#[test]
fn modules_are_installed_and_upgraded_by_odoos_own_command_line() {
    insta::assert_snapshot!(argv(Rework::Install, &["--with-demo"]).join("\n"), @r"
    /usr/bin/odoo
    --config=/etc/odoo/odoo.conf
    --database=t_0123456789
    --no-http
    --workers=0
    --max-cron-threads=0
    --init=crm,stock
    --stop-after-init
    ");
    let older = argv(Rework::Install, &[]);
    assert!(older.contains(&"--without-demo=all".to_owned()), "{older:?}");
    let upgrade = argv(Rework::Upgrade, &[]);
    assert!(upgrade.contains(&"--update=crm,stock".to_owned()), "{upgrade:?}");
    assert!(!upgrade.iter().any(|argument| argument.contains("demo")), "{upgrade:?}");
}

#[test]
fn modules_are_uninstalled_by_a_program_that_is_fed_to_odoos_shell() {
    let argv = argv(Rework::Uninstall, &[]);

    assert_eq!(argv[..2], ["python3", "-c"]);
    assert_eq!(argv[3], UNINSTALL);
    assert_eq!(argv[4..6], ["/usr/bin/odoo", "shell"]);
    // Which ones is in the environment: no name of a module becomes a program.
    assert!(!argv.iter().any(|argument| argument.contains("stock")), "{argv:?}");
}

fn problem(rework: Rework, states: &[(&str, &str)]) -> Option<String> {
    let row = |&(name, state): &(&str, &str)| vec![Some(name.into()), Some(state.into()), None];
    let rows: Vec<Row> = states.iter().map(row).collect();
    rework.problem(&rows, &names(&["crm"]))
}

#[test]
fn what_was_asked_for_is_read_back() {
    assert_eq!(problem(Rework::Install, &[("crm", "installed")]), None);
    assert_eq!(problem(Rework::Uninstall, &[("crm", "uninstalled")]), None);
    assert_eq!(problem(Rework::Uninstall, &[]), None);
    assert_eq!(
        problem(Rework::Install, &[("crm", "uninstalled")]).as_deref(),
        Some("not everything was installed: `crm` is uninstalled")
    );
    assert_eq!(
        problem(Rework::Upgrade, &[]).as_deref(),
        Some("not everything was upgraded: `crm` is unknown")
    );
    assert_eq!(
        problem(Rework::Uninstall, &[("crm", "to remove")]).as_deref(),
        Some("not everything was uninstalled: `crm` is to remove")
    );
}

#[test]
fn what_is_left_half_way_is_noticed() {
    let states = [("crm", "installed"), ("mail", "to upgrade")];

    assert_eq!(
        problem(Rework::Upgrade, &states).as_deref(),
        Some("Odoo stopped half-way: `mail` is to upgrade")
    );
}
