//! The pages of one tenant.

use std::path::Path;

use berth_domain::{Clock as _, TenantState};
use berth_engine_testkit::{ACTOR, ORG};
use berth_runtime::fake::CallKind;
use berth_runtime::{LogLine, RuntimeError};
use berth_store::{Key, Location, Store, tenants};
use berth_testkit::webdriver::Browser;
use berth_testkit::{SystemClock, wait};
use serde_json::{Value, json};

use super::app::{App, DEADLINE};
use super::{rest, shoot};

const LOG: [&str; 14] = [
    "INFO t_1 odoo.modules.loading: loading 1 modules...",
    "INFO t_1 odoo.modules.loading: 1 modules loaded in 0.29s, 0 queries (+0 extra)",
    "WARNING t_1 odoo.modules.graph: module sale_margin_ext: Unmet dependencies: sale_margin_delivery",
    "ERROR t_1 odoo.registry: Failed to load registry for t_1: KeyError 'sale_margin_delivery'",
    "Traceback (most recent call last):",
    "  File \"/opt/odoo/odoo/modules/registry.py\", line 129, in new",
    "    odoo.modules.load_modules(registry, force_demo, status, update_module)",
    "  File \"/opt/addons/sale_margin_ext/models/sale_order.py\", line 34, in _register_hook",
    "    provider = self.pool[\"sale.margin.delivery\"]",
    "KeyError: 'sale.margin.delivery'",
    "INFO t_1 odoo.service.server: \u{1b}[32mInitiating shutdown\u{1b}[0m",
    "DEBUG t_1 odoo.http: <b onclick=\"x\">\u{202e}gnp.exe</b> was asked for",
    "WARNING t_1 odoo.addons.bus.websocket: 12 sockets closed with code 1012, clients retry with back-off up to 60 s because the registry is not ready and the last known good version differs",
    "INFO t_1 werkzeug: 10.8.0.3 - - \"GET /web/login HTTP/1.1\" 200 - 12 0.004 0.021",
];

/// Has a tenant be broken: it cannot be started again, and that cannot be taken back.
pub(crate) async fn break_down(app: &App, name: &str) {
    let path = format!("/tenants/{name}");
    let stopped = app.ours("POST", &format!("{path}/stop"), &json!({})).await;
    rest(app, stopped.json()["id"].as_str().unwrap()).await;
    let message = "no space left on device".to_owned();
    let error = RuntimeError::Refused { action: "start a container", message };
    app.runtime().fail_next(CallKind::WorkloadStart, error);
    let started = app.ours("POST", &format!("{path}/start"), &json!({})).await;
    let id = started.json()["id"].as_str().unwrap().to_owned();
    rest(app, &id).await;
    let known = app.web.engine.known_tenant(&ACTOR, ORG, name).await.unwrap().tenant.tenant;
    let (since, failed) = (SystemClock.now(), id.parse().unwrap());
    let broken = TenantState::Broken { since, failed, suspended: false };
    let location = Location::Sqlite(app.folder().join("berth.db"));
    let key = Key::load_or_create(&app.folder().join("key"), true).unwrap();
    let store = Store::open(&location, key, false).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(
        tenants::set_state(&mut tx, known.id, &known.state, &broken).await.unwrap().is_updated()
    );
    tx.commit().await.unwrap();
}

pub(crate) async fn shoot_all(app: &App, browser: &Browser, (folder, address): (&Path, &str)) {
    let tenants = format!("{address}/organisations/default/tenants");
    let noted = json!({
        "notes": "Pays in advance.\nAsk before restarting.", "add_tags": ["eu", "vip"],
        "expires": "2027-12-31", "storage": "10GiB",
    });
    app.ours("PATCH", "/tenants/halden-optics", &noted).await;
    app.ours("POST", "/tenants/halden-optics/reconcile", &json!({})).await;
    browser.open(&format!("{tenants}/halden-optics")).await;
    let checked =
        "return document.querySelector('#health .hint').textContent.startsWith('checked')";
    wait::until(DEADLINE, async || browser.script(checked).await == Value::Bool(true)).await;
    shoot(browser, folder, "tenant").await;
    let button = browser.wait_for("form[action$='/password'] button", DEADLINE).await;
    browser.click(&button).await;
    browser.wait_for("#password", DEADLINE).await;
    shoot(browser, folder, "tenant-password").await;
    browser.open(&format!("{tenants}/halden-optics/settings")).await;
    shoot(browser, folder, "tenant-settings").await;
    for (field, text) in [("#cpu", "lots"), ("#tags", "Not One")] {
        browser.script(&format!("document.querySelector('{field}').value = '{text}'")).await;
    }
    let button = browser.wait_for(".form .btn--primary", DEADLINE).await;
    browser.click(&button).await;
    browser.wait_for("[aria-invalid]", DEADLINE).await;
    shoot(browser, folder, "tenant-settings-wrong").await;
    say(app, "halden-optics").await;
    browser.open(&format!("{tenants}/halden-optics/logs")).await;
    browser.wait_for("#following:not([hidden])", DEADLINE).await;
    say(app, "halden-optics").await;
    let doubled = "return document.querySelectorAll('#lines > li').length >= 16";
    wait::until(DEADLINE, async || browser.script(doubled).await == Value::Bool(true)).await;
    browser.script("document.querySelector('#lines details').open = true").await;
    shoot(browser, folder, "tenant-logs").await;
    browser.open(&format!("{tenants}/halden-optics/logs?search=sale&level=warning")).await;
    shoot(browser, folder, "tenant-logs-search").await;
    browser.open(&format!("{tenants}/vantage-print")).await;
    shoot(browser, folder, "tenant-broken").await;
}

async fn say(app: &App, name: &str) {
    let tenant = app.ours("GET", &format!("/tenants/{name}"), &Value::Null).await.json();
    // `t_` and the last ten digits of the id.
    let id = tenant["id"].as_str().unwrap();
    let object = format!("t_{}", &id[id.len() - 10..]);
    for text in LOG {
        let at = SystemClock.now();
        let is_message = text.contains(" t_1 ");
        let text =
            if is_message { format!("2026-11-30 14:20:57,113 7 {text}") } else { text.to_owned() };
        app.runtime().push_log(&object, LogLine { at: Some(at), is_error: true, text });
    }
}
