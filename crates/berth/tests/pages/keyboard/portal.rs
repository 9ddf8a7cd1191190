//! Whoever runs no installation: an organisation's own people.

use berth_testkit::webdriver::Key;
use serde_json::json;

use super::CONFIRM;
use crate::site::{FLEET, PASSWORD, Site};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_accepts_an_invitation_and_works_in_their_portal() {
    let site = Site::claimed().await;
    site.tenant(&json!({ "name": "acme" })).await;
    let invite = json!({ "email": "jo@example.com", "role": "admin" });
    let invited = site.app.ours("POST", "/invitations", &invite).await.json();

    site.go(&format!("/join/{}", invited["code"].as_str().unwrap())).await;
    site.has_focus_on("#name").await;
    site.browser.write("Jo").await;
    site.write("#password", PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at(FLEET).await;
    site.has(".portal__top").await;

    for (end, says) in [
        ("/operations", "Activity"),
        ("/schedules", "Schedules"),
        ("/people", "People"),
        ("/audit", "Audit"),
    ] {
        site.enter(&format!(".portal__nav a[href$='{end}']")).await;
        site.is_at(end).await;
        site.reads(says).await;
    }
    site.enter(".portal__nav a[href$='/tenants']").await;
    site.enter("#t-acme .who > a").await;
    site.enter(".head__acts a[href$='/stop']").await;
    site.enter(CONFIRM).await;
    site.ends("ok").await;
    assert_eq!(site.state("acme").await, "stopped");

    site.enter(".portal__top details.menu:last-of-type summary").await;
    site.enter(".menu__pop a[href='/account']").await;
    site.reads("jo@example.com").await;
    site.is_quiet().await;
}
