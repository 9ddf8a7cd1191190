//! What is looked at: the fleet in its orders, what was done, what is used, and whether all is well.

use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::{Value, json};

use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

impl Site {
    /// Waits until the fleet shows these tenants, in this order.
    async fn lists(&self, names: &[&str]) {
        let rows =
            "return [...document.querySelectorAll('#live tr[id^=t-]')].map(row => row.id.slice(2))";
        self.comes("the rows", async || self.browser.script(rows).await == json!(names)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_is_put_in_order_and_narrowed() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme", "stage": "production" })).await;
    site.tenant(&json!({ "name": "bolt", "stage": "test", "owner": "anna" })).await;
    site.tenant(&json!({ "name": "core", "stage": "test" })).await;
    let begun = site.app.ours("POST", "/tenants/core/stop", &json!({})).await.json();
    site.rest(begun["id"].as_str().unwrap()).await;
    site.go(FLEET).await;

    site.enter("#live th a[href*='sort=name']").await;
    site.lists(&["acme", "bolt", "core"]).await;
    site.enter("#live th a[href*='sort=-name']").await;
    site.lists(&["core", "bolt", "acme"]).await;

    site.tab_to("input[name=stage]:checked").await;
    site.browser.press(&[Key::Up]).await;
    site.has("input[name=stage][value=test]:checked").await;
    site.lists(&["core", "bolt"]).await;
    site.tab_to("#state").await;
    site.browser.press(&[Key::Char('s')]).await;
    site.lists(&["core"]).await;
    site.enter(".tools a.btn--quiet").await;
    site.is_at(FLEET).await;
    site.write("#owner", "anna").await;
    site.browser.press(&[Key::Enter]).await;
    site.lists(&["bolt"]).await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_found_and_read_in_full() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;

    site.enter(".rail a[href$='/audit']").await;
    site.write("#action", "tenant.create").await;
    site.browser.press(&[Key::Enter]).await;
    wait::until(DEADLINE, async || site.browser.url().await.contains("action=tenant.create")).await;
    let entries = "return document.querySelectorAll('.audit > li').length";
    site.comes("one entry", async || site.browser.script(entries).await == json!(1)).await;
    site.enter(".audit summary").await;
    site.has(".audit details[open] dl").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn curves_are_shown_of_a_longer_and_of_a_shorter_time() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme/charts")).await;

    for range in ["7d", "1h", "24h"] {
        site.enter(&format!("#charts .seg a[href$='range={range}']")).await;
        site.has(&format!("#charts .seg a[href$='range={range}'][aria-current]")).await;
    }
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_looked_at_when_somebody_asks() {
    let site = Site::open().await;

    site.enter(".rail a[href='/settings']").await;
    site.enter("main a.btn[href='/doctor']").await;
    site.enter("form[action='/doctor/look'] button").await;
    site.has("main .list .status").await;
    site.enter(".tabs a[href='/disk']").await;
    site.enter("form[action='/disk/count'] button").await;
    site.reads("Counted ").await;
    let counted = site.app.call("GET", "/disk", &Value::Null).await;
    assert_eq!(counted.status, 200, "{}", counted.text());
    site.is_quiet().await;
}
