//! What an organisation is told, and what its tenants may have together.

use berth_testkit::webdriver::Key;
use serde_json::json;

use crate::site::Site;

const WEBHOOKS: &str = "/organisations/default/webhooks";
const KEEP: &str = "main form .row a[autofocus]";
const QUOTAS: &str = "/organisations/default/quotas";

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_made_tried_out_switched_off_and_removed() {
    let site = Site::open().await;
    site.go("/organisations/default").await;

    site.enter("main a[href$='/webhooks']").await;
    site.write("#url", "https://hooks.example.com/berth").await;
    site.browser.press(&[Key::Enter]).await;
    site.reads("It is shown this once.").await;
    site.tab_to("[data-copy='#secret']").await;
    site.enter("main a.btn--primary").await;
    site.enter("form[action$='/test'] button").await;
    site.reads("The message to try it out arrived.").await;
    site.tab_to("input[name=enabled]").await;
    site.browser.press(&[Key::Space]).await;
    site.enter("form:has([name=enabled]) .btn--primary").await;
    site.reads("Off: somebody switched it off").await;
    site.enter("main a[href$='/delete']").await;
    site.has(KEEP).await;
    assert!(site.is_on(KEEP).await, "the safe answer has the focus first");
    site.enter("main form button.btn--fatal").await;
    site.is_at(WEBHOOKS).await;
    site.has_no("main li[id^='w-']").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_made_called_something_else_and_deleted_by_its_name() {
    let site = Site::open().await;
    site.go("/organisations").await;

    site.write("#name", "acme").await;
    site.write("#title", "Acme").await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at("/organisations/acme/people").await;
    site.go("/organisations/acme").await;
    site.write("#title", "Acme Timber").await;
    site.browser.press(&[Key::Enter]).await;
    site.comes("the title", async || {
        let heading = "return document.querySelector('h1')?.innerText";
        site.browser.script(heading).await == json!("Acme Timber")
    })
    .await;

    site.enter("main a[href$='/delete']").await;
    site.write("#name", "acne").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#name-said").await;
    site.write("#name", "acme").await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at("/organisations").await;
    site.has_no("main a[href='/organisations/acme/people']").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_set_and_taken_away() {
    let site = Site::open().await;
    site.go("/organisations/default").await;

    site.enter("main a[href$='/quotas']").await;
    site.enter("main a[href$='/quota']").await;
    site.write("#tenants", "many").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#tenants-said").await;
    site.write("#tenants", "10").await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at(QUOTAS).await;
    site.reads("of 10").await;
    site.enter("main a[href$='/quota']").await;
    site.enter("main a[href$='/quota/clear']").await;
    site.enter("main form button.btn--fatal").await;
    site.is_at(QUOTAS).await;
    site.has_no(".meter").await;
    site.write("#owner", "anna").await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at("/quota?owner=anna").await;
    site.is_quiet().await;
}
