//! Pictures of the pages about people, the installation, and of the portal.

use std::path::Path;

use berth_testkit::webdriver::Browser;
use serde_json::json;

use crate::app::{App, DEADLINE};
use crate::{PASSWORD, shoot};

const CUSTOMER: &str = "anna@lindqvist.example";

pub(crate) async fn shoot_all(app: &App, (browser, address): (&Browser, &str), folder: &Path) {
    join(app, CUSTOMER, ("Anna Lund", "admin")).await;
    join(app, "mats@lindqvist.example", ("Mats Holm", "viewer")).await;
    let invitation = json!({ "email": "new@lindqvist.example", "role": "member" });
    app.ours("POST", "/invitations", &invitation).await;
    let token = json!({ "account": "ci", "scope": "read,logs", "expires": "30d" });
    app.ours("POST", "/tokens", &token).await;
    app.call("PATCH", "/organisations/default", &json!({ "title": "Lindqvist Timber" })).await;
    let org = "/organisations/default";
    for (name, path) in [
        ("account", "/account".to_owned()),
        ("people", format!("{org}/people")),
        ("all-people", "/people".to_owned()),
        ("audit", format!("{org}/audit")),
        ("settings", "/settings".to_owned()),
        ("configuration", "/settings/configuration".to_owned()),
        ("doctor", "/doctor".to_owned()),
        ("organisations", "/organisations".to_owned()),
        ("organisation", org.to_owned()),
        ("remove-member", format!("{org}/members/{CUSTOMER}/remove")),
        ("palette-page", format!("{org}/palette?q=corvid")),
    ] {
        browser.open(&format!("{address}{path}")).await;
        if name == "audit" {
            browser.script("document.querySelectorAll('.audit details')[3].open = true").await;
        }
        shoot(browser, folder, name).await;
    }
    factor(browser, address, folder).await;
    invited(browser, address, folder).await;
    palette(browser, address, folder).await;
    portal(browser, address, folder).await;
}

async fn join(app: &App, email: &str, (name, role): (&str, &str)) {
    let made = app.ours("POST", "/invitations", &json!({ "email": email, "role": role })).await;
    let code = made.json()["code"].clone();
    let accept = json!({ "code": code, "name": name, "password": PASSWORD });
    let joined = app.call("POST", "/invitations/accept", &accept).await;
    assert_eq!(joined.status, 200, "{}", joined.text());
}

async fn fill(browser: &Browser, field: &str, text: &str) {
    let field = browser.wait_for(field, DEADLINE).await;
    browser.type_into(&field, text).await;
}

async fn press(browser: &Browser, button: &str) {
    let button = browser.wait_for(button, DEADLINE).await;
    browser.click(&button).await;
}

async fn factor(browser: &Browser, address: &str, folder: &Path) {
    browser.open(&format!("{address}/account")).await;
    fill(browser, "#enrol-password", "wrong wrong wrong").await;
    press(browser, "form[action='/account/second-factor'] button").await;
    browser.wait_for("#enrol-said", DEADLINE).await;
    shoot(browser, folder, "account-wrong").await;
    fill(browser, "#enrol-password", PASSWORD).await;
    press(browser, "form[action='/account/second-factor'] button").await;
    browser.wait_for(".qr", DEADLINE).await;
    shoot(browser, folder, "second-factor").await;
}

async fn invited(browser: &Browser, address: &str, folder: &Path) {
    browser.open(&format!("{address}/organisations/default/people")).await;
    fill(browser, "#email", "kim@lindqvist.example").await;
    press(browser, "form[action$='/invitations'] button").await;
    browser.wait_for("#link", DEADLINE).await;
    shoot(browser, folder, "invited").await;
    let link = browser.wait_for("#link", DEADLINE).await;
    let link = browser.text(&link).await;
    browser.open(&link).await;
    let typed = browser.script("return document.querySelector('#code').value").await;
    assert!(link.ends_with(typed.as_str().unwrap_or("?")), "{typed}");
    shoot(browser, folder, "join").await;
    browser.open(&format!("{address}/organisations/default/people")).await;
    fill(browser, "#account", "backup").await;
    press(browser, "input[name=scope][value=export]").await;
    press(browser, "form[action$='/tokens'] button").await;
    browser.wait_for("#secret", DEADLINE).await;
    shoot(browser, folder, "token").await;
}

async fn palette(browser: &Browser, address: &str, folder: &Path) {
    browser.open(&format!("{address}/organisations/default/tenants")).await;
    press(browser, ".omni").await;
    fill(browser, "#palette input", "lindq").await;
    browser.wait_for("#found-0[href$='lindqvist-test']", DEADLINE).await;
    shoot(browser, folder, "palette").await;
}

/// The same server, as a customer sees it.
async fn portal(browser: &Browser, address: &str, folder: &Path) {
    browser.open(&format!("{address}/account")).await;
    browser.script("document.querySelector('form[action=\"/sign-out\"]').submit()").await;
    fill(browser, "#email", CUSTOMER).await;
    fill(browser, "#password", PASSWORD).await;
    press(browser, "button[type=submit]").await;
    browser.wait_for(".portal", DEADLINE).await;
    for (name, path) in
        [("portal", "/tenants"), ("portal-activity", "/operations"), ("portal-people", "/people")]
    {
        browser.open(&format!("{address}/organisations/default{path}")).await;
        shoot(browser, folder, name).await;
    }
}
