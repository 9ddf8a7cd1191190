//! What stands around pages: the palette, menus, the way past what repeats.

use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::json;

use crate::app::DEADLINE;
use crate::site::{FLEET, Site};

const FIELD: &str = "#palette input";

/// Every page that the palette knows, and where it is.
const PAGES: [(&str, &str); 18] = [
    ("new ten", "/organisations/default/tenants/new"),
    ("operations", "/organisations/default/operations"),
    ("people", "/organisations/default/people"),
    ("tokens", "/organisations/default/people#tokens-h"),
    ("audit", "/organisations/default/audit"),
    ("webh", "/organisations/default/webhooks"),
    ("quot", "/organisations/default/quotas"),
    ("settings", "/settings"),
    ("configuration", "/settings/configuration"),
    ("all organ", "/organisations"),
    ("all acc", "/people"),
    ("checks", "/doctor"),
    ("new sched", "/organisations/default/new-schedule"),
    ("import", "/organisations/default/import"),
    ("disk", "/disk"),
    ("orphans", "/orphans"),
    ("your acc", "/account"),
    ("fleet", FLEET),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_leads_to_every_page_however_fast_somebody_types() {
    let site = Site::open().await;

    for (typed, end) in PAGES {
        site.browser.press(&[Key::Control('k')]).await;
        site.has("#palette[open]").await;
        site.browser.write(typed).await;
        site.browser.press(&[Key::Enter]).await;
        site.is_at(end).await;
    }
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_keeps_the_focus_until_it_closes_and_gives_it_back() {
    let site = Site::open().await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.tab_to("input[name=owner]").await;

    site.browser.press(&[Key::Control('k')]).await;
    site.has(&format!("{FIELD}:focus")).await;
    for key in [Key::Tab, Key::Tab, Key::Tab, Key::Back, Key::Back] {
        site.browser.press(&[key]).await;
        let outside = "const it = document.activeElement;
            return it !== document.body && !it.closest('#palette')";
        assert_eq!(site.browser.script(outside).await, json!(false), "{key:?}");
    }
    site.browser.press(&[Key::Escape]).await;
    site.has_no("#palette[open]").await;
    assert!(site.is_on("input[name=owner]").await, "the focus is lost");

    site.browser.press(&[Key::Control('k')]).await;
    site.has(&format!("{FIELD}:focus")).await;
    site.browser.write("restart acme").await;
    site.has("#found a[href$='/acme/restart']").await;
    site.browser.press(&[Key::Down, Key::Up]).await;
    site.has(&format!("{FIELD}:focus[aria-activedescendant]")).await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_repeats_is_skipped_and_menus_are_left_with_a_key() {
    let site = Site::open().await;

    site.browser.press(&[Key::Tab]).await;
    assert!(site.is_on(".skip").await, "the first key leads past what repeats");
    site.browser.press(&[Key::Enter]).await;
    wait::until(DEADLINE, async || site.is_on("#main").await).await;

    for summary in
        [".top details.menu:first-of-type summary", ".top details.menu:last-of-type summary"]
    {
        site.enter(summary).await;
        site.tab_to(".menu[open] .menu__pop > *").await;
        site.browser.press(&[Key::Escape]).await;
        site.has_no(".menu[open]").await;
        assert!(site.is_on(summary).await, "{summary}");
        site.browser.press(&[Key::Enter]).await;
        site.has(".menu[open]").await;
        site.tab_to(":not(.menu[open] *)").await;
        site.has_no(".menu[open]").await;
    }
    site.enter(".top details.menu:last-of-type summary").await;
    site.enter("[data-theme-set=dark]").await;
    site.has("html[data-theme=dark]").await;
    site.is_quiet().await;
}
