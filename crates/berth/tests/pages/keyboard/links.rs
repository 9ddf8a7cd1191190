//! The link of an invitation, followed by whoever was invited.

use berth_testkit::webdriver::Key;
use serde_json::json;

use crate::site::{FLEET, PASSWORD, Site};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_a_link_says_who_they_are_and_is_in() {
    let site = Site::claimed().await;
    let invite = json!({ "email": "jo@example.com", "role": "admin" });
    let invited = site.app.ours("POST", "/invitations", &invite).await.json();
    site.go(&format!("/join/{}", invited["code"].as_str().unwrap())).await;

    site.reads("You are invited to default as admin").await;
    assert!(site.is_on("#name").await, "somebody who is invited types who they are at once");
    site.browser.write("Jo").await;
    for (password, seen) in [("short", "#password-said"), (PASSWORD, "#live")] {
        site.write("#password", password).await;
        site.browser.press(&[Key::Enter]).await;
        site.has(seen).await;
    }

    site.is_at(FLEET).await;
    site.is_quiet().await;
}
