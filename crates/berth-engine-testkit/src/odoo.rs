//! Odoo, as far as Berth looks: what an installation leaves in a database and in a data folder.

mod backup;
mod modules;

use std::fs;
use std::path::Path;

use berth_odoo::DATA_DIR;
use berth_runtime::fake::{FakeEngine, JobAnswer};
use berth_runtime::{Exit, WorkloadSpec};
use berth_testkit::postgres;

pub use backup::backup;

/// The tables that a clone is given its identity in, and the modules that are read back.
pub const TABLES: &str = "
    CREATE TABLE ir_module_module (
        name text PRIMARY KEY, state text, latest_version text, id int, shortdesc jsonb, summary jsonb,
        author text, application bool);
    INSERT INTO ir_module_module VALUES
        ('base', 'installed', '19.0.1.0', 1, '{\"en_US\": \"Base\"}', NULL, 'Odoo S.A.', false),
        ('contacts', 'installed', '19.0.1.0', 2, '{\"de_DE\": \"Kontakte\", \"en_US\": \"Contacts\"}',
         '{\"en_US\": \"Centralize your address book\"}', 'Odoo S.A.', true),
        ('crm', 'installed', '19.0.1.0', 3, '{\"en_US\": \"CRM\"}',
         '{\"en_US\": \"Track leads and close opportunities\"}', 'Odoo S.A.', true),
        ('sale_management', 'installed', '19.0.1.0', 4, '{\"en_US\": \"Sales\"}',
         '{\"en_US\": \"From quotations to invoices\"}', 'Odoo S.A.', true),
        ('calendar', 'uninstalled', NULL, 5, '{\"en_US\": \"Calendar\"}',
         '{\"en_US\": \"Schedule meetings\"}', 'Odoo S.A.', true),
        ('appointment', 'uninstalled', NULL, 6, '{\"en_US\": \"Appointments\"}', NULL, 'Odoo S.A.', false);
    CREATE TABLE ir_module_module_dependency (module_id int, name text);
    INSERT INTO ir_module_module_dependency VALUES
        (2, 'base'), (3, 'contacts'), (4, 'base'), (5, 'base'), (6, 'calendar');
    CREATE TABLE res_partner (
        id int PRIMARY KEY, name text, lang text, tz text, email text, write_uid int,
        write_date timestamp);
    INSERT INTO res_partner (id, name) VALUES (1, 'My Company'), (2, 'Administrator');
    CREATE TABLE res_users (
        id int PRIMARY KEY, login text, password text, active bool, partner_id int, write_uid int,
        write_date timestamp);
    INSERT INTO res_users (id, login, partner_id) VALUES (2, 'admin', 2);
    CREATE TABLE res_company (
        id int PRIMARY KEY, name text, email text, partner_id int, write_uid int,
        write_date timestamp);
    INSERT INTO res_company (id, name, partner_id) VALUES (1, 'My Company', 1);
    CREATE TABLE ir_model_data (module text, name text, model text, res_id int);
    INSERT INTO ir_model_data VALUES
        ('base', 'user_admin', 'res.users', 2), ('base', 'main_company', 'res.company', 1);
    CREATE TABLE ir_config_parameter (
        key text PRIMARY KEY, value text, create_uid int, write_uid int, create_date timestamp,
        write_date timestamp);
    CREATE TABLE ir_attachment (store_fname text);
";
/// A file of the filestore that the database names.
const NAMED: &str = "0a/0a4d55a8d778e5022fab701977c5d840bbc486d0";

/// Lets installations leave what Odoo's would.
///
/// # Panics
///
/// In the job that is answered, when PostgreSQL or the disk takes no more.
pub fn answer(engine: &FakeEngine) {
    answer_unless(engine, |_| false);
}

/// The same, where some installations fail.
///
/// # Panics
///
/// As [`answer`] does.
pub fn answer_unless(
    engine: &FakeEngine,
    fails: impl Fn(&WorkloadSpec) -> bool + Send + Sync + 'static,
) {
    engine.answer_jobs(move |spec| {
        if spec.name.as_str().ends_with("-install") && fails(spec) {
            let exit = Exit { code: 1, out_of_memory: false };
            return JobAnswer::Ends { lines: Vec::new(), exit };
        }
        if let Some(object) = spec.name.as_str().strip_suffix("-modules") {
            return modules::change(object, spec, fails(spec));
        }
        job(spec)
    });
}

/// What comes of a job, which does what Odoo's would.
///
/// # Panics
///
/// As [`answer`] does.
#[must_use]
pub fn job(spec: &WorkloadSpec) -> JobAnswer {
    if let Some(object) = spec.name.as_str().strip_suffix("-install") {
        install(object, spec);
    }
    if let Some(object) = spec.name.as_str().strip_suffix("-modules") {
        return modules::change(object, spec, false);
    }
    if let Some(object) = spec.name.as_str().strip_suffix("-neutralize") {
        neutralize(object);
    }
    JobAnswer::Ends { lines: Vec::new(), exit: Exit { code: 0, out_of_memory: false } }
}

fn neutralize(object: &str) {
    let sql = format!(
        "SET ROLE \"{object}\"; INSERT INTO ir_config_parameter (key, value)
         VALUES ('database.is_neutralized', 'true') ON CONFLICT (key) DO NOTHING"
    );
    postgres::Server::shared().execute(object, &sql).expect("a restored database has parameters");
}

fn install(object: &str, spec: &WorkloadSpec) {
    // The role is taken on inside, so that everything belongs to it as it would.
    let named = format!("INSERT INTO ir_attachment VALUES ('{NAMED}')");
    let sql = format!("SET ROLE \"{object}\"; {TABLES} {named}");
    postgres::Server::shared().execute(object, &sql).expect("a new database takes Odoo's tables");
    let data = spec.mounts.iter().find(|mount| mount.target == DATA_DIR);
    let data = data.expect("an installation has a data folder").source.as_path();
    fill(&data.join("filestore").join(object));
}

fn fill(filestore: &Path) {
    for name in [NAMED, "7f/7f2ababa423061c509f4923dd04b6cf1"] {
        let file = filestore.join(name);
        fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder");
        fs::write(&file, name).expect("a file of the filestore");
    }
}
