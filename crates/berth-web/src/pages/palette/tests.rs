//! What is found, and by whom.

use berth_engine::request::CreateTenant;

use super::entry::matches;
use crate::pages::testing::{HOSTILE, Site};

const PALETTE: &str = "/organisations/default/palette";

#[test]
fn every_word_that_was_typed_is_looked_for() {
    assert!(matches("Restart acme", "ac rest"));
    assert!(matches("People", ""));
    assert!(!matches("Restart acme", "rest bmce"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_pages_and_actions_are_found_by_what_is_typed() {
    let site = Site::start().await;
    let request = CreateTenant { name: "acme".to_owned(), ..CreateTenant::default() };
    site.running(request).await;

    insta::assert_snapshot!("palette", site.main_of(&site.get(&format!("{PALETTE}?q=acm")).await));
    let part = site.part(&format!("{PALETTE}?q=rest&open=acme")).await;
    assert!(part.text.contains("/organisations/default/tenants/acme/restart"), "{}", part.text);
    assert!(!part.text.contains("<html"), "{}", part.text);
    let done = site.part(&format!("{PALETTE}?q=restart+acm")).await;
    assert!(done.text.contains("Restart acme"), "{}", done.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_found_says_so_and_shows_what_was_typed_as_text() {
    let site = Site::start().await;

    let query = serde_urlencoded::to_string([("q", HOSTILE), ("open", HOSTILE)]).unwrap();
    let seen = site.get(&format!("{PALETTE}?{query}")).await;
    assert!(seen.page().contains("Nothing is called that"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_run_the_installation_finds_nothing_of_it() {
    let site = Site::start().await.by_member("viewer").await;

    let seen = site.get(PALETTE).await;
    for link in ["/settings", "/people", "/audit", "/doctor"] {
        assert!(!seen.text.contains(link), "{link} is in {}", seen.text);
    }
}
