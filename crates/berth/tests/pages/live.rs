//! Pages that stay open while things change.

use berth_testkit::wait;
use serde_json::json;

use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_fills_while_it_is_looked_at_and_the_focus_stays_where_it_is() {
    let site = Site::open().await;
    site.browser.script("document.querySelector('[data-filter]').focus()").await;
    site.browser.write("ac").await;

    site.tenant(&json!({ "name": "acme" })).await;

    site.browser.wait_for("#t-acme", DEADLINE).await;
    let typed = site.browser.script("return document.activeElement.value").await;
    assert_eq!(typed, json!("ac"));
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_chosen_and_opened_stays_while_the_fleet_changes() {
    let site = Site::open().await;
    for name in ["acme", "bolt"] {
        site.tenant(&json!({ "name": name })).await;
        site.browser.wait_for(&format!("#t-{name}"), DEADLINE).await;
    }
    site.click("#pick-bolt").await;
    site.click("#m-acme summary").await;

    site.tenant(&json!({ "name": "core" })).await;

    site.browser.wait_for("#t-core", DEADLINE).await;
    let state = "return [document.querySelectorAll('#live .pick:checked').length,
        document.querySelector('#pick-bolt').checked, document.querySelector('#m-acme').open,
        document.querySelector('#picked').textContent.trim()]";
    assert_eq!(site.browser.script(state).await, json!([1, true, true, "1"]));
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_comes_back_by_itself_when_the_server_does() {
    let mut site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.browser.wait_for("#t-acme", DEADLINE).await;
    let address = site.tcp.address;
    site.tcp.stop.cancel();
    while site.tcp.server.join_next().await.is_some() {}
    site.tenant(&json!({ "name": "globex" })).await;

    site.tcp = crate::tcp::Tcp::with(&site.app, |config| config.listen = address).await;

    site.browser.wait_for("#t-globex", DEADLINE).await;
    wait::until(DEADLINE, async || {
        let open = site.browser.script("return document.querySelectorAll('#live tbody tr').length");
        open.await == json!(2)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_hears_of_nothing_says_so_until_it_does() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.browser.block(Some("*/live")).await;
    site.go(FLEET).await;
    site.browser.wait_for("#offline", DEADLINE).await;

    site.tenant(&json!({ "name": "globex" })).await;
    site.browser.block(None).await;

    site.browser.wait_for("#t-globex", DEADLINE).await;
    wait::until(DEADLINE, async || site.browser.find("#offline[hidden]").await.is_some()).await;
}
