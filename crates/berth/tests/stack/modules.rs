//! Modules: of the image, of a folder, misspelt and broken.

use std::path::{Path, PathBuf};

use berth_testkit::home::Inventory;

use crate::world::{Site, Stack};

pub(crate) async fn a_module_that_was_asked_for_is_installed(stack: &Stack) {
    stack.home.done(&["tenant", "create", "with-contacts", "--modules", "contacts"]).await;

    let site = stack.site("with-contacts").await;
    let state = "SELECT state FROM ir_module_module WHERE name = 'contacts'";
    assert_eq!(stack.home.sql(&site.object, state).await, ["installed"]);
    assert_eq!(stack.login_page(&site).await.status, 200);

    stack.home.delete("with-contacts").await;
}

pub(crate) async fn a_misspelt_module_is_refused_with_what_was_meant(stack: &Stack) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;

    let wish = ["tenant", "create", "misspelt", "--modules", "contcts,crm,sale_managment"];
    let said = stack.home.berth(&wish).await;

    assert_eq!(said.code, Some(1), "{}", said.stderr);
    for word in ["contcts", "`contacts`", "sale_managment", "`sale_management`"] {
        assert!(said.stderr.contains(word), "{word}: {}", said.stderr);
    }
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
}

pub(crate) async fn a_development_tenant_runs_modules_of_a_folder(stack: &Stack) {
    let folder = write_module(stack, "good", "berth_story", GOOD);

    let folder = folder.to_str().unwrap();
    let wish = ["tenant", "create", "developed", "--stage", "development", "--addons", folder];
    let said = stack.home.done(&[&wish[..], &["--modules", "berth_story"]].concat()).await;

    let site = stack.site("developed").await;
    assert!(said.text().contains("developed is running"), "{said:?}");
    let state = "SELECT state FROM ir_module_module WHERE name = 'berth_story'";
    assert_eq!(stack.home.sql(&site.object, state).await, ["installed"]);
    let table = "SELECT count(*) FROM berth_story";
    assert_eq!(stack.home.sql(&site.object, table).await, ["0"]);
    let container = stack.home.engine().container(site.object.as_str()).await.unwrap();
    let mounts = container["Mounts"].as_array().unwrap();
    let mount = mounts.iter().find(|mount| mount["Destination"] == "/mnt/extra-addons").unwrap();
    assert_eq!((mount["Source"].as_str(), mount["RW"].as_bool()), (Some(folder), Some(false)));

    stack.home.delete("developed").await;
    assert!(Path::new(folder).join("berth_story/__manifest__.py").exists());
}

pub(crate) async fn a_broken_module_leaves_a_reason_and_nothing_else(stack: &Stack) {
    let acme = stack.acme().await;
    let before = Inventory::of(&stack.home, &acme.object).await;
    let folder = write_module(stack, "bad", "berth_broken", BROKEN);

    let folder = folder.to_str().unwrap();
    let wish = ["tenant", "create", "broken", "--stage", "development", "--addons", folder];
    let said = stack.home.berth(&[&wish[..], &["--modules", "berth_broken"]].concat()).await;

    assert_eq!(said.code, Some(2), "{}", said.stderr);
    let (_, why) = said.stderr.split_once("error: ").unwrap();
    assert!(why.contains("berth_broken: RuntimeError: this module does not work"), "{why}");
    assert!(!why.contains("Traceback"), "{why}");
    let operations = stack.home.get("operations?limit=1").await;
    let operation = &operations["items"][0];
    assert_eq!((&operation["target"], &operation["state"]), (&"broken".into(), &"undone".into()));
    let events = stack.home.events(operation["id"].as_str().unwrap()).await;
    let told = serde_json::to_string(&events).unwrap();
    assert!(told.contains("Traceback (most recent call last)"), "{told}");
    assert_eq!(Inventory::of(&stack.home, &acme.object).await, before);
    assert_eq!(stack.home.visit("broken.localhost", "/web/login").await.status, 404);
}

pub(crate) async fn modules_are_installed_upgraded_and_uninstalled_and_what_fails_is_taken_back(
    stack: &Stack,
) {
    let folder = write_module(stack, "later", "berth_later", BROKEN);
    let folder = folder.to_str().unwrap();
    let wish = ["tenant", "create", "reworked", "--stage", "development", "--addons", folder];
    stack.home.done(&wish).await;
    let site = stack.site("reworked").await;
    let states = "SELECT name, state, latest_version FROM ir_module_module ORDER BY name";
    let before = stack.home.sql(&site.object, states).await;

    let said = stack.home.berth(&["tenant", "install-modules", "reworked", "berth_later"]).await;

    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("this module does not work"), "{}", said.stderr);
    assert_eq!(stack.home.sql(&site.object, states).await, before, "it was taken back");
    assert_eq!(stack.login_page(&site).await.status, 200);

    stack.home.done(&["tenant", "install-modules", "reworked", "contacts"]).await;
    assert_eq!(contacts(stack, &site).await, ("installed".to_owned(), true));
    assert_eq!(stack.login_page(&site).await.status, 200);

    // As an image that is newer would find it.
    let older = "UPDATE ir_module_module SET latest_version = '0.1' WHERE name = 'contacts' RETURNING state";
    stack.home.sql(&site.object, older).await;
    stack.home.done(&["tenant", "upgrade-modules", "reworked", "contacts"]).await;
    let outdated = stack.home.get("tenants/reworked/modules?state=outdated").await;
    assert_eq!(outdated["items"], serde_json::json!([]));

    stack.home.done(&["tenant", "uninstall-modules", "reworked", "contacts"]).await;
    assert_eq!(contacts(stack, &site).await, ("uninstalled".to_owned(), false));
    assert_eq!(stack.login_page(&site).await.status, 200);
    let copies = "SELECT datname FROM pg_database WHERE starts_with(datname, 'c_')";
    assert_eq!(stack.home.sql(&site.object, copies).await, [""; 0]);

    stack.home.delete("reworked").await;
}

/// How the module stands by what the API says, and whether something of it is in the database.
async fn contacts(stack: &Stack, site: &Site) -> (String, bool) {
    let found = stack.home.get("tenants/reworked/modules?text=contacts").await;
    let is_it = |module: &&serde_json::Value| module["name"] == "contacts";
    let module = found["items"].as_array().unwrap().iter().find(is_it).unwrap();
    let records = "SELECT count(*) FROM ir_model_data WHERE module = 'contacts'";
    let records = stack.home.sql(&site.object, records).await;
    (module["state"].as_str().unwrap().to_owned(), records != ["0"])
}

const GOOD: &str = "
from odoo import fields, models

class Story(models.Model):
    _name = 'berth.story'
    _description = 'A story'
    name = fields.Char()
";
const BROKEN: &str = "raise RuntimeError('this module does not work')\n";

/// Writes a module into a folder of its own and returns the folder.
fn write_module(stack: &Stack, folder: &str, name: &str, code: &str) -> PathBuf {
    let folder = stack.addons.path().join(folder);
    let module = folder.join(name);
    std::fs::create_dir_all(&module).unwrap();
    let manifest = "{'name': 'Story', 'depends': ['base'], 'license': 'LGPL-3'}\n";
    std::fs::write(module.join("__manifest__.py"), manifest).unwrap();
    std::fs::write(module.join("__init__.py"), code).unwrap();
    folder
}
