//! A backup that is sent in, and the tenant that is made of it.

use berth_engine_testkit::odoo::backup;
use serde_json::Value;

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
