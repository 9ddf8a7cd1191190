//! A tenant's data, in one line that changes when any of it does.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use berth_domain::{ObjectName, Statement, Tenant};
use berth_store::secrets::{self, SecretName};
use berth_testkit::postgres;

use super::site::Site;

/// A blob that somebody uploaded.
const BLOB: &str = "be/berth-marker";
const PLANT: &str = "CREATE TABLE berth_marker (id int PRIMARY KEY, note text);
    INSERT INTO berth_marker SELECT n, 'invoice ' || n FROM generate_series(1, 20) n";
/// Every row of every table that people or Odoo write to. The address may change with the name, and
/// how those modules stand with what is done to them.
const READ: &str = "SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
    SELECT 'marker ' || m::text FROM berth_marker m
    UNION ALL SELECT 'user ' || u::text FROM res_users u
    UNION ALL SELECT 'partner ' || p::text FROM res_partner p
    UNION ALL SELECT 'parameter ' || c::text FROM ir_config_parameter c
     WHERE key <> 'web.base.url'
    UNION ALL SELECT 'module ' || name || state FROM ir_module_module
     WHERE name NOT IN ('calendar', 'crm', 'sale_management')
) rows (line)";

/// Leaves something in a new tenant that nobody may lose.
pub(super) fn plant(site: &Site, tenant: &Tenant) {
    let object = tenant.id.object_name();
    let blob = site.installation.settings.paths.object(&object).filestore().join(BLOB);
    fs::create_dir_all(blob.parent().expect("it is in a folder")).unwrap();
    fs::write(blob, "a scanned invoice").unwrap();
    let statements =
        PLANT.split(';').map(|sql| Statement::new(sql.to_owned(), Vec::new())).collect::<Vec<_>>();
    site.outside(async {
        let mut database =
            open(site, tenant, &object).await.expect("a new tenant's database opens");
        database.apply(&statements).await.unwrap();
        database.close().await;
    });
}

/// Reads everything. What cannot be read is part of the answer, so it differs from what could.
pub(super) fn digest(site: &Site, tenant: &Tenant) -> String {
    let object = tenant.id.object_name();
    let mut text = database(site, tenant, &object);
    let filestore = site.installation.settings.paths.object(&object).filestore();
    files(&filestore, &filestore, &mut text);
    text
}

fn database(site: &Site, tenant: &Tenant, object: &ObjectName) -> String {
    let statement = Statement::new(READ.to_owned(), Vec::new());
    let read = site.outside(async {
        let mut database = open(site, tenant, object).await?;
        let rows = database.rows(&statement).await;
        database.close().await;
        rows.ok()?.into_iter().next()?.into_iter().next()?
    });
    read.unwrap_or_else(|| as_administrator(object))
}

/// A tenant that was put aside lets nobody in; its data must be there all the same.
fn as_administrator(object: &ObjectName) -> String {
    let server = postgres::Server::shared();
    let allow = |yes: bool| {
        let sql = format!("ALTER DATABASE \"{object}\" ALLOW_CONNECTIONS {yes}");
        server.execute("postgres", &sql)
    };
    let closed = server.execute(
        "postgres",
        &format!("SELECT 1 FROM pg_database WHERE datname = '{object}' AND NOT datallowconn"),
    );
    let is_closed = closed.is_ok_and(|answer| answer == "1");
    if is_closed && allow(true).is_err() {
        return "no database".to_owned();
    }
    // Whoever keeps it closed may close it again in between.
    let reads = std::iter::repeat_with(|| {
        let read = server.execute(object.as_str(), READ);
        if read.is_err() && is_closed {
            let _ = allow(true);
        }
        read
    });
    let read = reads.take(20).find(Result::is_ok);
    let read = read.unwrap_or_else(|| server.execute(object.as_str(), READ));
    if is_closed {
        let _ = allow(false);
    }
    read.unwrap_or_else(|error| format!("unreadable: {error}"))
}

async fn open(
    site: &Site,
    tenant: &Tenant,
    object: &ObjectName,
) -> Option<berth_postgres::TenantDb> {
    let mut tx = site.store().read().await.unwrap();
    let owner = tenant.id.to_string();
    let password = secrets::get(&mut tx, &owner, SecretName::DbPassword).await.unwrap()?;
    drop(tx);
    site.server.open(object, &password).await.ok()
}

fn files(root: &Path, folder: &Path, text: &mut String) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(root, &path, text);
        } else {
            let name = path.strip_prefix(root).expect("it is below").display();
            let content = fs::read_to_string(&path).unwrap();
            write!(text, "\n{name}: {content}").expect("texts take everything");
        }
    }
}
