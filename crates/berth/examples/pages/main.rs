//! Pictures of every page, in both themes and on a phone: `cargo xtask pictures` builds and becomes this.
//!
//! The router, the engine, the store and PostgreSQL are the real ones; containers are in memory.
#![expect(clippy::unwrap_used, reason = "pictures that cannot be taken are no pictures")]
#![expect(clippy::print_stdout, reason = "it is a program for people")]

#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../../tests/api/app.rs"]
mod app;
#[expect(dead_code, reason = "tests of the API do more with it")]
#[path = "../../tests/api/tcp.rs"]
mod tcp;
mod tenant;

mod people;

use std::path::PathBuf;
use std::process::ExitCode;

use app::{App, DEADLINE};
use berth_testkit::wait;
use berth_testkit::webdriver::Browser;
use serde_json::{Value, json};
use tcp::Tcp;

const EMAIL: &str = "elin@example.com";
const PASSWORD: &str = "three small herons";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder] = &arguments[..] else {
        println!("usage: pages FOLDER");
        return ExitCode::FAILURE;
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let app = App::with_odoo().await;
    let tcp = Tcp::start(&app).await;
    let address = format!("http://127.0.0.1:{}", tcp.address.port());
    let browser = Browser::start(1440, 900).await;
    let code = app.call("POST", "/setup-token", &json!({})).await.json();

    browser.open(&format!("{address}/claim")).await;
    shoot(&browser, &folder, "claim").await;
    let claim = json!({
        "code": code["token"], "email": EMAIL, "name": "Elin Strand", "password": PASSWORD,
    });
    let claimed = app.call("POST", "/claim", &claim).await;
    assert_eq!(claimed.status, 201, "{} {code}", claimed.text());
    browser.open(&format!("{address}/organisations/default/tenants")).await;
    shoot(&browser, &folder, "sign-in").await;
    for (field, text) in [("#email", EMAIL), ("#password", PASSWORD)] {
        let field = browser.wait_for(field, DEADLINE).await;
        browser.type_into(&field, text).await;
    }
    let button = browser.wait_for("button[type=submit]", DEADLINE).await;
    browser.click(&button).await;
    browser.wait_for("#live", DEADLINE).await;
    shoot(&browser, &folder, "fleet-empty").await;
    tenants(&app).await;
    browser.wait_for("#t-pellworm-ferries-qa", DEADLINE).await;
    shoot(&browser, &folder, "fleet").await;
    browser.open(&format!("{address}/organisations/default/operations")).await;
    shoot(&browser, &folder, "operations").await;
    let operations = app.ours("GET", "/operations?state=undone", &Value::Null).await.json();
    let id = operations["items"][0]["id"].as_str().unwrap_or_default().to_owned();
    browser.open(&format!("{address}/organisations/default/operations/{id}")).await;
    shoot(&browser, &folder, "operation").await;
    browser.open(&format!("{address}/organisations/default/tenants?text=%3Cb%3Enobody")).await;
    shoot(&browser, &folder, "fleet-none").await;
    browser.open(&format!("{address}/organisations/nowhere/tenants")).await;
    shoot(&browser, &folder, "failure").await;
    tenant::shoot_all(&app, &browser, (&folder, &address)).await;
    people::shoot_all(&app, (&browser, &address), &folder).await;
    ExitCode::SUCCESS
}

async fn tenants(app: &App) {
    for (name, stage, owner) in [
        ("brightwater-clinics", "production", Some("anna")),
        ("corvid-dev", "development", Some("bea")),
        ("halden-optics", "production", Some("anna")),
        ("lindqvist-test", "staging", None),
        ("pellworm-ferries-qa", "staging", Some("bea")),
        ("vantage-print", "production", None),
    ] {
        let body = json!({ "name": name, "stage": stage, "owner": owner });
        let begun = app.ours("POST", "/tenants", &body).await;
        println!("{name}: {} {}", begun.status, begun.text());
        if begun.status == 202 {
            rest(app, begun.json()["id"].as_str().unwrap()).await;
        }
    }
    let stopped = app.ours("POST", "/tenants/lindqvist-test/stop", &json!({})).await;
    rest(app, stopped.json()["id"].as_str().unwrap()).await;
    tenant::break_down(app, "vantage-print").await;
}

async fn rest(app: &App, id: &str) {
    let path = format!("/operations/{id}");
    wait::until(DEADLINE, async || {
        let state = app.ours("GET", &path, &Value::Null).await.json()["state"].clone();
        ["done", "undone", "stuck"].iter().any(|rest| state == *rest)
    })
    .await;
}

async fn shoot(browser: &Browser, folder: &std::path::Path, name: &str) {
    for (theme, width, kind) in
        [("light", 1440, "light"), ("dark", 1440, "dark"), ("light", 390, "phone")]
    {
        browser.resize(width, 900).await;
        browser.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        let picture = browser.picture().await;
        std::fs::write(folder.join(format!("{name}-{kind}.png")), picture).unwrap();
    }
    browser.resize(1440, 900).await;
}
