//! What goes by itself, what is put right, and the installation.

use serde_json::{Value, json};

use crate::site::{FLEET, Site};

const SCHEDULES: &str = "/organisations/default/schedules";

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_made_run_paused_and_taken_away_and_a_tenant_is_put_right() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;

    site.enter(".rail a[href$='/schedules']").await;
    site.enter("main a[href$='/new-schedule']").await;
    site.write("#name", "nightly").await;
    site.write("#tenants", "acme").await;
    site.write("#cron", "30 3 1 1 *").await;
    site.reads("At 03:30 on day 1 of the month in January").await;
    site.enter("#send").await;
    site.is_at("/schedules/nightly").await;

    site.enter("main form[action$='/pause'] button").await;
    site.reads("It is paused").await;
    site.enter("main form[action$='/resume'] button").await;
    site.has("main form[action$='/pause']").await;
    site.enter("main a[href$='/run']").await;
    site.enter("main form .btn--primary").await;
    site.ends("ok").await;

    site.go(&format!("{SCHEDULES}/nightly")).await;
    site.enter("main a[href$='/nightly/delete']").await;
    site.enter("main form button.btn--fatal").await;
    site.is_at("/schedules").await;
    let left = site.app.ours("GET", "/schedules", &Value::Null).await.json();
    assert_eq!(left["items"], json!([]));

    site.go(&format!("{FLEET}/acme")).await;
    site.enter("main a[href$='/reconcile']").await;
    site.enter("main form[action$='/reconcile'] button").await;
    site.reads("What was done").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_about_is_removed_and_the_disks_are_counted() {
    let site = Site::open().await;
    std::fs::create_dir_all(site.app.folder().join("tenants/t_0123456789")).unwrap();

    site.enter(".rail a[href='/settings']").await;
    site.enter(".tabs a[href='/disk']").await;
    site.enter("form[action='/disk/count'] button").await;
    site.has("#uses-h").await;
    site.enter(".tabs a[href='/orphans']").await;
    site.enter("form[action='/orphans/look'] button").await;
    site.tab_to("input[name=orphan]").await;
    site.browser.press(&[berth_testkit::webdriver::Key::Space]).await;
    site.enter(".bulk .btn--danger").await;
    site.enter("main form button.btn--fatal").await;
    site.reads("1 thing is gone for good").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_made_of_what_is_left_of_one() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "lost" })).await;
    site.lose("lost").await;

    site.go("/orphans").await;
    site.enter("form[action='/orphans/look'] button").await;
    site.enter("main a[href^='/orphans/adopt']").await;
    site.write("#name", "found").await;
    site.enter("main button.btn--primary").await;
    site.ends("ok").await;
    site.is_quiet().await;
}
