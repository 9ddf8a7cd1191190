//! Modules of a tenant: installed, upgraded, and uninstalled with what needs them.

use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::{Value, json};

use super::CONFIRM;
use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

impl Site {
    /// Chooses one of the modules that are listed, and says what is to be done with it.
    async fn ask_to(&self, deed: &str, module: &str) {
        self.tab_to(&format!("#pick-{module}")).await;
        self.browser.press(&[Key::Space]).await;
        self.reads("1 chosen").await;
        self.enter(&format!(".bulk [formaction$='/{deed}']")).await;
        self.reads("What will happen").await;
    }

    /// Confirms it, and waits until it is done.
    async fn confirm(&self) {
        self.enter(CONFIRM).await;
        self.has("#live .steps").await;
        self.ends("ok").await;
    }

    /// What its database knows of a module.
    async fn module(&self, name: &str) -> Value {
        let path = format!("/tenants/acme/modules?text={name}");
        self.app.ours("GET", &path, &Value::Null).await.json()["items"][0].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_are_installed_upgraded_and_uninstalled_with_what_needs_them() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme")).await;
    let all = format!("{FLEET}/acme/modules");

    site.enter(".tabs a[href$='/modules']").await;
    site.tab_to("input[name=state]:checked").await;
    for state in ["outdated", "not_installed"] {
        site.browser.press(&[Key::Down]).await;
        site.has(&format!("input[name=state][value={state}]:checked")).await;
        wait::until(DEADLINE, async || {
            let is_there = site.browser.url().await.contains(&format!("state={state}"));
            is_there && site.is_on("input[name=state]:checked").await
        })
        .await;
    }
    site.ask_to("install", "appointment").await;
    site.confirm().await;
    assert_eq!(site.module("appointment").await["state"], "installed");

    site.go(&all).await;
    site.ask_to("upgrade", "crm").await;
    site.confirm().await;
    let crm = site.module("crm").await;
    assert_eq!(crm["installed_version"], crm["available_version"], "{crm:#}");

    site.go(&all).await;
    site.ask_to("uninstall", "calendar").await;
    site.reads("What is lost with it").await;
    site.enter(CONFIRM).await;
    site.has_focus_on("input[name=with_dependents]").await;
    site.browser.press(&[Key::Space]).await;
    site.confirm().await;
    for module in ["appointment", "calendar"] {
        assert_eq!(site.module(module).await["state"], "uninstalled");
    }
    site.is_quiet().await;
}
