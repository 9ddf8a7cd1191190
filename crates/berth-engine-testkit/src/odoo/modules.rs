//! What a run of Odoo that changes modules leaves in a database.

use berth_runtime::fake::JobAnswer;
use berth_runtime::{Exit, LogLine, WorkloadSpec};
use berth_testkit::postgres;

use crate::image::capabilities;

/// What is done to a database, and how.
enum Work {
    Install(Vec<String>),
    Upgrade(Vec<String>),
    Uninstall(Vec<String>),
}

/// Does what the run of a job would do; one that fails leaves things half done, as Odoo does.
pub(super) fn change(object: &str, spec: &WorkloadSpec, fails: bool) -> JobAnswer {
    let work = work(spec);
    if fails {
        let sql = "UPDATE ir_module_module SET state = 'to install' WHERE state = 'uninstalled';
            INSERT INTO res_partner (id, name) VALUES (900, 'Half a module')";
        execute(object, sql);
        let said = "Traceback (most recent call last):\n  File \"loading.py\"\n\
                    psycopg2.errors.NotNullViolation: column \"colour\" contains null values";
        let lines = said.lines().map(line).collect();
        return JobAnswer::Ends { lines, exit: Exit { code: 1, out_of_memory: false } };
    }
    execute(object, &sql(&work));
    let lines = vec![line("Modules loaded.")];
    JobAnswer::Ends { lines, exit: Exit { code: 0, out_of_memory: false } }
}

fn work(spec: &WorkloadSpec) -> Work {
    let after = |option: &str| {
        let value = spec.command.iter().find_map(|argument| argument.strip_prefix(option))?;
        Some(value.split(',').map(str::to_owned).collect())
    };
    let named = || spec.environment["BERTH_MODULES"].split(',').map(str::to_owned).collect();
    match (after("--init="), after("--update=")) {
        (Some(modules), _) => Work::Install(modules),
        (None, Some(modules)) => Work::Upgrade(modules),
        (None, None) => Work::Uninstall(named()),
    }
}

fn sql(work: &Work) -> String {
    match work {
        Work::Install(modules) => with_needs(modules)
            .iter()
            .map(|name| {
                let version = version(name);
                format!(
                    "INSERT INTO ir_module_module (name, state, latest_version, id)
                     VALUES ('{name}', 'installed', '{version}',
                             (SELECT max(id) + 1 FROM ir_module_module))
                     ON CONFLICT (name) DO UPDATE SET state = 'installed', latest_version = '{version}'
                      WHERE ir_module_module.state <> 'installed'"
                )
            })
            .collect::<Vec<_>>()
            .join(";"),
        Work::Upgrade(modules) => modules
            .iter()
            .map(|name| {
                let version = version(name);
                format!(
                    "UPDATE ir_module_module SET latest_version = '{version}' WHERE name = '{name}'"
                )
            })
            .collect::<Vec<_>>()
            .join(";"),
        Work::Uninstall(modules) => format!(
            "WITH RECURSIVE falling (name) AS (
                SELECT unnest(string_to_array('{}', ','))
                UNION SELECT m.name
                  FROM falling f
                  JOIN ir_module_module_dependency d ON d.name = f.name
                  JOIN ir_module_module m ON m.id = d.module_id AND m.state = 'installed')
             UPDATE ir_module_module SET state = 'uninstalled', latest_version = NULL
              WHERE name IN (SELECT name FROM falling)",
            modules.join(",")
        ),
    }
}

/// The modules, and what they need.
fn with_needs(modules: &[String]) -> Vec<String> {
    let known = capabilities().modules;
    let mut all = modules.to_vec();
    let mut next = 0;
    while let Some(name) = all.get(next).cloned() {
        let needs = known.get(&name).map(|module| module.depends.clone()).unwrap_or_default();
        let new: Vec<String> = needs.into_iter().filter(|name| !all.contains(name)).collect();
        all.extend(new);
        next += 1;
    }
    all
}

fn version(name: &str) -> String {
    let capabilities = capabilities();
    let module = capabilities.modules.get(name).cloned().unwrap_or_default();
    capabilities.version_of(&module)
}

/// The role is taken on, so that nothing happens that it could not do.
fn execute(object: &str, sql: &str) {
    let sql = format!("SET ROLE \"{object}\"; {sql}");
    postgres::Server::shared().execute(object, &sql).expect("a tenant's database has modules");
}

fn line(text: &str) -> LogLine {
    LogLine { at: None, is_error: true, text: text.to_owned() }
}
