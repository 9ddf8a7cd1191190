//! The pages on which something is changed: a new tenant, what is done to one or several, what an
//! operation is told.

use std::path::Path;

use berth_testkit::wait;
use berth_testkit::webdriver::Browser;
use serde_json::json;

use super::app::{App, DEADLINE};
use super::shoot;

pub(crate) async fn shoot_all(app: &App, browser: &Browser, (folder, address): (&Path, &str)) {
    let org = format!("{address}/organisations/default");
    form(browser, &org, folder).await;
    for (path, name) in [
        ("tenants/halden-optics/stop", "confirm"),
        ("tenants/halden-optics/rename", "rename"),
        ("tenants/halden-optics/delete", "delete"),
        ("tenants/halden-optics/delete-now", "delete-now"),
        ("tenants/halden-optics/start", "refused"),
        ("many/stop?tenant=halden-optics&tenant=lindqvist-test&tenant=corvid-dev", "many"),
    ] {
        browser.open(&format!("{org}/{path}")).await;
        shoot(browser, folder, name).await;
    }
    fleet(browser, &org, folder).await;
    at_work(app, browser, (&org, folder)).await;
}

async fn form(browser: &Browser, org: &str, folder: &Path) {
    browser.open(&format!("{org}/tenants/new")).await;
    shoot(browser, folder, "new-tenant-empty").await;
    let name = browser.wait_for("#name", DEADLINE).await;
    browser.type_into(&name, "lindqvist-uat").await;
    browser.wait_for("#cli", DEADLINE).await;
    shoot(browser, folder, "new-tenant").await;
    let modules = browser.wait_for("#modules", DEADLINE).await;
    browser.type_into(&modules, "sale_margin_ext").await;
    browser.wait_for("#modules-said .msg--err", DEADLINE).await;
    shoot(browser, folder, "new-tenant-wrong").await;
    // What holds the focus was not taken from whoever types.
    let focus = browser.script("return document.activeElement.id").await;
    assert_eq!(focus, json!("modules"));
    let kept = browser.script("return document.getElementById('modules').value").await;
    assert_eq!(kept, json!("sale_margin_ext"));
}

async fn fleet(browser: &Browser, org: &str, folder: &Path) {
    browser.open(&format!("{org}/tenants")).await;
    for tenant in ["corvid-dev", "halden-optics"] {
        let pick = browser.wait_for(&format!("#pick-{tenant}"), DEADLINE).await;
        browser.click(&pick).await;
    }
    shoot(browser, folder, "fleet-chosen").await;
    let menu = browser.wait_for("#m-halden-optics > summary", DEADLINE).await;
    browser.click(&menu).await;
    shoot(browser, folder, "fleet-menu").await;
    let restart = "#m-halden-optics button[formaction$='/restart']";
    let restart = browser.wait_for(restart, DEADLINE).await;
    browser.click(&restart).await;
    browser.wait_for("#toasts .toast", DEADLINE).await;
    shoot(browser, folder, "toast").await;
    // What was chosen outlives what changes meanwhile.
    wait::until(DEADLINE, async || {
        let picked = browser.script("return document.getElementById('picked').textContent").await;
        picked == json!("2")
    })
    .await;
}

async fn at_work(app: &App, browser: &Browser, (org, folder): (&str, &Path)) {
    let demo = app.ours("POST", "/operations", &json!({ "name": "practice" })).await.json();
    let id = demo["id"].as_str().unwrap();
    browser.open(&format!("{org}/operations/{id}")).await;
    browser.wait_for("[data-now]", DEADLINE).await;
    shoot(browser, folder, "operation-at-work").await;
    browser.open(&format!("{org}/operations/{id}/cancel")).await;
    shoot(browser, folder, "cancel").await;
    app.ours("POST", &format!("/operations/{id}/cancel"), &json!({})).await;
}
