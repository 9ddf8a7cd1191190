//! Taking a tenant away: a backup that Odoo itself restores.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use memchr::memmem;
use serde_json::Value;
use zip::ZipArchive;

use crate::world::{Site, Stack};

pub(crate) async fn an_export_holds_the_database_its_modules_and_every_file(stack: &Stack) {
    let acme = stack.acme().await;
    let path = stack.addons.path().join("acme.zip");

    stack.home.done(&["tenant", "export", "acme", path.to_str().unwrap()]).await;

    let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let dump = read(&mut zip, "dump.sql");
    let dump = String::from_utf8(dump).unwrap();
    let end: Vec<&str> = dump.lines().rev().take(10).collect();
    assert!(end.contains(&"-- PostgreSQL database dump complete"), "it is not whole: {end:?}");
    assert!(dump.contains("CREATE TABLE public.res_users"));
    assert!(!dump.contains("OWNER TO"), "another server has other roles");

    let manifest: Value = serde_json::from_slice(&read(&mut zip, "manifest.json")).unwrap();
    let installed = "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed'";
    let rows = stack.home.sql(&acme.object, installed).await;
    let rows = rows.iter().map(|row| row.split_once('|').unwrap());
    let installed: BTreeMap<&str, &str> = rows.collect();
    assert!(installed.contains_key("base"));
    assert_eq!(manifest["modules"], serde_json::json!(installed));
    assert_eq!(manifest["db_name"], acme.object.as_str());
    assert_eq!(manifest["odoo_dump"], "1");

    let stored = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL";
    let stored = stack.home.sql(&acme.object, stored).await;
    assert!(!stored.is_empty());
    for name in &stored {
        assert!(names.contains(&format!("filestore/{name}")), "{name} is missing");
    }
    // Beside the files lie Odoo's own empty marks of what it wants to look at again.
    let is_file = |name: &&String| {
        name.strip_prefix("filestore/").is_some_and(|name| !name.starts_with("checklist/"))
    };
    for name in names.iter().filter(is_file) {
        let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, &read(&mut zip, name));
        let hex = sum.as_ref().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert!(name.ends_with(&format!("/{}/{hex}", &hex[..2])), "{name} has the sum {hex}");
    }

    let secrets = secrets_of(stack, acme).await;
    for name in &names {
        let content = read(&mut zip, name);
        for (what, secret) in &secrets {
            assert!(memmem::find(&content, secret.as_bytes()).is_none(), "{name} shows the {what}");
        }
    }

    let again = stack.home.berth(&["tenant", "export", "acme", path.to_str().unwrap()]).await;
    assert_eq!(again.code, Some(1), "it would replace a file: {}", again.stderr);
}

/// What only Berth and whoever it belongs to know of a tenant.
async fn secrets_of(stack: &Stack, site: &Site) -> [(&'static str, String); 3] {
    let conf = stack.home.path().join(format!("tenants/{}/conf/odoo.conf", site.object));
    let conf = std::fs::read_to_string(conf).unwrap();
    let set = |name: &str| {
        let value = conf.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        value.filter(|value| value.len() > 8).expect("it is set").to_owned()
    };
    [
        ("role's password", set("db_password")),
        ("database manager's password", set("admin_passwd")),
        ("administrator's password", stack.password(site).await),
    ]
}

fn read(zip: &mut ZipArchive<File>, name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}
