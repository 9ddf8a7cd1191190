//! Without a mouse.

use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::json;

use crate::app::DEADLINE;
use crate::site::{EMAIL, FLEET, PASSWORD, Site};

impl Site {
    /// Goes on with Tab until the focus is on something, and sees that whoever looks sees where it is.
    async fn tab_to(&self, css: &str) {
        for _ in 0..60 {
            self.browser.press(&[Key::Tab]).await;
            let script = format!("return document.activeElement.matches({})", json!(css));
            if self.browser.script(&script).await == json!(true) {
                return;
            }
        }
        panic!("no key leads to `{css}` at {}", self.browser.url().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_claims_signs_in_and_finds_a_tenant_with_keys_alone() {
    let site = Site::unclaimed().await;
    site.go("/").await;
    site.tab_to("input[name=code]").await;
    site.browser.write(&site.code().await).await;
    for (field, text) in [("name", "Elin Strand"), ("email", EMAIL), ("password", PASSWORD)] {
        site.tab_to(&format!("input[name={field}]")).await;
        site.browser.write(text).await;
    }
    site.browser.press(&[Key::Enter]).await;
    wait::until(DEADLINE, async || site.browser.url().await.ends_with(FLEET)).await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.tenant(&json!({ "name": "globex" })).await;
    site.browser.wait_for("#t-globex", DEADLINE).await;

    site.browser.press(&[Key::Char('/')]).await;
    site.browser.write("acm").await;
    site.browser.press(&[Key::Enter]).await;

    wait::until(DEADLINE, async || site.browser.find("#t-globex").await.is_none()).await;
    site.browser.wait_for("#t-acme", DEADLINE).await;
    site.is_quiet().await;
}
