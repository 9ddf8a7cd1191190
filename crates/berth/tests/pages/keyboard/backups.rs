//! A backup that is sent in, and the tenant that is made of it; and one that is taken.

use berth_engine_testkit::odoo::backup;
use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::{Value, json};

use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_sent_in_and_a_tenant_is_made_of_it() {
    let site = Site::open().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("acme.zip");
    std::fs::write(&file, backup()).unwrap();

    site.enter("main a[href$='/import']").await;
    site.tab_to("#backup").await;
    // The window of the system in which somebody would choose the file is none of the browser's.
    let field = site.browser.find("#backup").await.unwrap();
    site.browser.type_into(&field, file.to_str().unwrap()).await;
    site.enter("main form .btn--primary").await;
    site.reads("acme.zip").await;

    site.has("#plan").await;
    site.write("#name", "acme").await;
    site.has("#plan ol").await;
    site.enter("#create").await;
    site.has("#live .steps").await;
    let begun = site.app.ours("GET", "/operations", &Value::Null).await.json();
    assert_eq!(begun["items"][0]["kind"], "tenant.import");
    site.go(FLEET).await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_downloaded_in_the_format_that_was_chosen() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.go(&format!("{FLEET}/acme")).await;

    site.enter(".tabs a[href$='/backup']").await;
    site.tab_to("input[name=format]:checked").await;
    site.browser.press(&[Key::Down]).await;
    site.has("input[name=format][value=custom]:checked").await;
    site.enter("main form .btn--primary").await;

    wait::until(DEADLINE, async || {
        let taken = site.app.ours("GET", "/audit?action=tenant.export", &Value::Null).await.json();
        taken["items"][0]["name"] == "acme"
    })
    .await;
    site.is_quiet().await;
}
