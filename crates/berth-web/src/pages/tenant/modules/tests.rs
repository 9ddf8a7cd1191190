//! What the pages of modules show, and what they begin.

use berth_engine::request::{ChangeModules, CreateTenant, ModulesDeed, TenantChange};
use berth_engine_testkit::{ACTOR, ORG};
use berth_testkit::postgres;
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Site};

const MODULES: &str = "/organisations/default/tenants/acme/modules";

async fn site() -> Site {
    let site = Site::start().await;
    site.running(CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() }).await;
    site
}

async fn execute(site: &Site, sql: &str) {
    let view = site.process.engine.tenant(&ACTOR, ORG, "acme").await.unwrap();
    let object = view.tenant.id.object_name();
    postgres::Server::shared().execute(object.as_str(), sql).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_whoever_wrote_a_module_says_of_it_is_text() {
    let site = site().await;
    let text = HOSTILE.replace('\'', "''").replace('"', "\\\"");
    let sql = format!(
        "UPDATE ir_module_module
            SET shortdesc = '{{\"en_US\": \"{text}\"}}', summary = '{{\"fr_FR\": \"{text}\"}}',
                author = '{text}'"
    );
    execute(&site, &sql).await;

    let page = site.get(&format!("{MODULES}?state=all&text=%3Cb")).await.page();

    assert!(page.contains("6 of 6 on this page"), "{page}");
    assert!(page.contains("&#60;b onclick="), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_not_asked_well_is_said() {
    let site = site().await;

    let none = site.get(&format!("{MODULES}?text=nothing+like+that")).await.page();
    let wrong = site.get(&format!("{MODULES}?state=broken")).await;

    assert!(none.contains("No module is like that"), "{none}");
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("there is no <code>broken</code>"), "{}", wrong.text);
    site.change("acme", &TenantChange::Archive).await;
    let archived = site.get(MODULES).await.page();
    assert!(archived.contains("Its modules cannot be read now."), "{archived}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_modules_are_installed_after_a_page_that_says_what_will_happen() {
    let site = site().await;
    let path = format!("{MODULES}/install");

    site.get(&format!("{path}?module=calendar&module=appointment")).await.page();
    let sent = site.post(&path, &[("module", "calendar"), ("module", "appointment")]).await;
    let operation = sent.to().rsplit('/').next().unwrap().to_owned();

    assert_eq!(site.rest(&operation).await.state.as_str(), "done");
    let page = site.get(&format!("{MODULES}?state=not_installed")).await.page();
    assert!(page.contains("No module is like that"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_falls_with_a_module_is_confirmed_by_whoever_uninstalls_it() {
    let site = site().await;
    let modules = vec!["appointment".to_owned()];
    let install = ChangeModules { deed: ModulesDeed::Install, modules, with_dependents: false };
    site.change("acme", &TenantChange::Modules(install)).await;
    let path = format!("{MODULES}/uninstall");

    let asked = site.get(&format!("{path}?module=calendar")).await.page();
    let unconfirmed = site.post(&path, &[("module", "calendar")]).await;
    let sent = site.post(&path, &[("module", "calendar"), ("with_dependents", "true")]).await;

    assert!(asked.contains("These need what is uninstalled: <b class=\"strong\">appointment</b>"));
    insta::assert_snapshot!("uninstall_unconfirmed", site.main_of(&unconfirmed));
    assert!(sent.to().contains("/operations/op_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said_where_it_was_asked_for() {
    let site = site().await;

    let wrong = site.post(&format!("{MODULES}/install"), &[("module", HOSTILE)]).await;
    let nothing = site.get(&format!("{MODULES}/upgrade")).await;

    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.harmless();
    assert!(wrong.text.contains("is not a module name"), "{}", wrong.text);
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text.contains("Name at least one module"), "{}", nothing.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_modules_and_changes_none_and_a_member_uninstalls_none() {
    let site = site().await.by_member("viewer").await;
    let seen = site.get(MODULES).await.page();
    assert!(!seen.contains("class=\"pick\"") && !seen.contains("/modules/install"), "{seen}");
    let site = site.by_member("member").await;

    let seen = site.get(MODULES).await.page();

    assert!(seen.contains("/modules/upgrade") && !seen.contains("/modules/uninstall"), "{seen}");
    let others = site.get(&format!("{MODULES}?state=not_installed")).await.page();
    assert!(others.contains("/modules/install") && !others.contains("/modules/upgrade"));
    let refused = site.get(&format!("{MODULES}/uninstall?module=crm")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
