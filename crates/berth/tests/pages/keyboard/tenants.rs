//! Tenants: made, changed one by one and several at once, looked into, removed.

use berth_runtime::LogLine;
use berth_runtime::fake::ExecAnswer;
use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::{Value, json};

use super::CONFIRM;
use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

impl Site {
    pub(super) async fn state(&self, name: &str) -> Value {
        let path = format!("/tenants/{name}");
        self.app.ours("GET", &path, &Value::Null).await.json()["state"].clone()
    }

    pub(super) async fn comes_to(&self, name: &str, state: &str) {
        wait::until(DEADLINE, async || self.state(name).await == state).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_and_its_plan_is_read_before() {
    let site = Site::open().await;

    site.enter("a[href$='/tenants/new']").await;
    site.has_focus_on("#name").await;
    site.browser.write("acme").await;
    site.tab_to("input[name=stage]").await;
    site.browser.press(&[Key::Down]).await;
    site.enter("details:has(#notes) > summary").await;
    site.write("#notes", "made without a mouse").await;
    site.reads("berth tenant create acme").await;
    site.enter("#create").await;

    site.reads("Create acme").await;
    site.ends("ok").await;
    assert_eq!(site.state("acme").await, "running");
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_of_a_row_opens_acts_and_gives_the_focus_back() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    let menu = "#m-acme summary";

    site.enter(menu).await;
    site.tab_to("#m-acme .menu__pop > *").await;
    site.browser.press(&[Key::Escape]).await;
    site.has_no("#m-acme[open]").await;
    assert!(site.is_on(menu).await, "Escape leads nowhere");

    site.browser.press(&[Key::Enter]).await;
    site.enter("#m-acme [formaction$='/restart']").await;
    site.has("#toasts .toast:not([hidden]) .link").await;
    assert!(site.is_on(menu).await, "the focus is lost");
    site.comes_to("acme", "running").await;
    site.enter("#toasts [data-dismiss]").await;
    site.has_no("#toasts .toast:not([hidden])").await;

    site.enter(menu).await;
    site.enter("#m-acme [href$='/stop']").await;
    site.reads("What is not affected").await;
    site.enter(CONFIRM).await;
    site.reads("Stop acme").await;
    site.ends("ok").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_chosen_and_stopped_at_once() {
    let site = Site::open().await;
    for name in ["acme", "bolt", "core"] {
        site.tenant(&json!({ "name": name })).await;
    }
    site.browser.wait_for("#t-core", DEADLINE).await;

    site.tab_to("#pick-all").await;
    site.browser.press(&[Key::Space]).await;
    site.tab_to("#pick-bolt").await;
    site.browser.press(&[Key::Space]).await;
    site.reads("2 chosen").await;
    site.enter(".bulk [formaction$='/stop']").await;
    site.reads("Stop 2 tenants").await;
    site.enter(CONFIRM).await;

    site.comes_to("acme", "stopped").await;
    site.comes_to("core", "stopped").await;
    assert_eq!(site.state("bolt").await, "running");
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_removed_for_good_by_typing_its_name() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".tabs a[href$='/settings']").await;
    site.enter("main .list a[href$='/delete']").await;
    site.enter("main a[href$='/delete-now']").await;
    site.write("#confirm", "acm").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#confirm-said").await;
    assert_eq!(site.state("acme").await, "running");
    site.write("#confirm", "acme").await;
    site.browser.press(&[Key::Enter]).await;

    wait::until(DEADLINE, async || {
        site.app.ours("GET", "/tenants/acme", &Value::Null).await.status == 404
    })
    .await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_called_something_else_and_what_is_no_name_is_found() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".head__acts details.menu summary").await;
    site.enter(".head__acts a[href$='/rename']").await;
    site.has_focus_on("#name").await;
    site.browser.press(&[Key::Control('a')]).await;
    site.browser.write("-bolt").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#name-said.msg--err").await;
    assert_eq!(site.state("acme").await, "running");
    site.write("#name", "bolt").await;
    site.enter(CONFIRM).await;

    site.has("#live .steps").await;
    site.ends("ok").await;
    assert_eq!(site.state("bolt").await, "running");
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_saved_and_what_is_wrong_is_found() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".tabs a[href$='/settings']").await;
    site.write("#memory", "much").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#memory[aria-invalid]").await;
    site.go(&format!("{FLEET}/acme/settings")).await;
    site.write("#owner", "bea").await;
    site.write("#notes", "pays early").await;
    site.enter("main form .row button").await;

    site.reads("It is noted.").await;
    let shown = site.app.ours("GET", "/tenants/acme", &Value::Null).await.json();
    assert_eq!((&shown["owner"], &shown["notes"]), (&json!("bea"), &json!("pays early")));
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_narrowed_searched_and_followed() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    say(&site, "INFO t_1 odoo.http: a heron");
    say(&site, "ERROR t_1 odoo.http: a stork");
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".tabs a[href$='/logs']").await;
    site.reads("a heron").await;
    site.tab_to("input[name=level]:checked").await;
    for level in ["info", "warning", "error"] {
        site.browser.press(&[Key::Down]).await;
        wait::until(DEADLINE, async || {
            site.browser.url().await.contains(&format!("level={level}"))
        })
        .await;
        site.has(&format!("input[name=level][value={level}]:checked")).await;
        wait::until(DEADLINE, async || site.is_on("input[name=level]:checked").await).await;
    }
    site.reads("a stork").await;
    let lines = "return document.querySelectorAll('#lines time').length";
    assert_eq!(site.browser.script(lines).await, json!(1));

    site.browser.press(&[Key::Char('/')]).await;
    site.browser.write("stork").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#lines mark").await;
    site.has("#following:not([hidden])").await;
    say(&site, "ERROR t_1 odoo.http: another stork");
    site.reads("another stork").await;
    site.tab_to("#lines").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_is_run_and_what_came_of_it_is_read() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.app.runtime().answer_execs(|_, _| ExecAnswer::CopiesInput);
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".tabs a[href$='/shell']").await;
    site.tab_to("input[name=way]:checked").await;
    site.browser.press(&[Key::Down]).await;
    site.has("input[name=way][value=shell]:checked").await;
    site.enter("#run").await;
    site.has("#script[aria-invalid]").await;
    site.has("input[name=way][value=shell]:checked").await;
    site.write("#script", "print('a heron')").await;
    site.enter("#run").await;

    site.has("#ran").await;
    site.reads("Ended with 0").await;
    site.tab_to("#ran pre").await;
    let said = "return document.querySelector('#ran pre').innerText";
    assert_eq!(site.browser.script(said).await, json!("print('a heron')"));
    let typed = "return document.querySelector('#script').value";
    assert_eq!(site.browser.script(typed).await, json!("print('a heron')"));
    site.is_quiet().await;
}

/// Has Odoo say something.
fn say(site: &Site, text: &str) {
    let folders = std::fs::read_dir(site.app.folder().join("tenants")).unwrap();
    let name = folders.last().unwrap().unwrap().file_name().into_string().unwrap();
    let now = berth_domain::Clock::now(&berth_testkit::SystemClock);
    let text = format!("2026-05-04 10:00:00,123 7 {text}");
    site.app.runtime().push_log(&name, LogLine { at: Some(now), is_error: true, text });
}
