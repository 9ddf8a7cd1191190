//! Without a mouse: everything that is done on pages, with keys alone.
//!
//! Wherever Tab leads, whoever looks sees where they are: that is asserted at each place that is stopped at.

mod account;
mod around;
mod authenticator;
mod backups;
mod links;
mod lists;
mod lives;
mod modules;
mod operations;
mod organisation;
mod people;
mod portal;
mod schedules;
mod tenants;

use berth_testkit::wait;
use berth_testkit::webdriver::Key;
use serde_json::json;

use crate::app::DEADLINE;
use crate::site::{EMAIL, FLEET, PASSWORD, Site};

/// The button that does what a page asks about.
const CONFIRM: &str = "main form .row button";
/// After so many keys whoever goes on with Tab has been everywhere.
const EVERYWHERE: usize = 250;
/// Whether what has the focus is inside the window, and it, or what stands around it, has an outline.
const IS_SEEN: &str = "
    const it = document.activeElement, box = it.getBoundingClientRect();
    const around = [it, it.closest('.group'), it.closest('label')].filter(one => one);
    const is_outlined = one => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const seen = around.find(is_outlined), at = seen && seen.getBoundingClientRect();
    return !!seen && at.width > 4 && at.height > 4 && box.bottom > 0 && box.top < innerHeight;";

impl Site {
    /// Goes on with Tab until the focus is on something, and asserts that whoever looks sees where it is.
    async fn tab_to(&self, css: &str) {
        for _ in 0..EVERYWHERE {
            self.browser.press(&[Key::Tab]).await;
            if self.is_on(css).await {
                let is_seen = self.browser.script(IS_SEEN).await;
                assert_eq!(is_seen, json!(true), "nobody sees that the focus is on `{css}`");
                return;
            }
        }
        panic!("no key leads to `{css}` at {}", self.browser.url().await);
    }

    /// Whether the focus is on something.
    async fn is_on(&self, css: &str) -> bool {
        let script = format!("return document.activeElement.matches({})", json!(css));
        self.browser.script(&script).await == json!(true)
    }

    /// Goes to something and presses it.
    async fn enter(&self, css: &str) {
        self.tab_to(css).await;
        self.browser.press(&[Key::Enter]).await;
    }

    /// Goes to a field and types into it, in the place of what stands there.
    async fn write(&self, css: &str, text: &str) {
        self.tab_to(css).await;
        self.browser.press(&[Key::Control('a')]).await;
        self.browser.write(text).await;
    }

    /// Waits until the page is one whose address ends so.
    async fn is_at(&self, end: &str) {
        self.comes(end, async || self.browser.url().await.ends_with(end)).await;
    }

    /// Waits until the page says something.
    async fn reads(&self, text: &str) {
        let script = format!("return document.body.innerText.includes({})", json!(text));
        self.comes(text, async || self.browser.script(&script).await == json!(true)).await;
    }

    /// Waits until something is on the page.
    async fn has(&self, css: &str) {
        self.comes(css, async || self.browser.find(css).await.is_some()).await;
    }

    /// Waits until the focus is on something, wherever a page puts it. A browser whose window is not in front may
    /// say so without that it matches `:focus`.
    async fn has_focus_on(&self, css: &str) {
        self.comes(css, async || self.is_on(css).await).await;
    }

    /// Waits until something is not on the page.
    async fn has_no(&self, css: &str) {
        self.comes(css, async || self.browser.find(css).await.is_none()).await;
    }

    async fn comes(&self, what: &str, condition: impl AsyncFnMut() -> bool) {
        let comes = tokio::time::timeout(DEADLINE, wait::until(2 * DEADLINE, condition)).await;
        assert!(comes.is_ok(), "`{what}` at {}", self.browser.url().await);
    }

    /// Waits until an operation whose page is open is over, and says how.
    async fn ends(&self, shape: &str) {
        self.has(&format!(".head .status[data-s={shape}]")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_claims_signs_in_and_finds_a_tenant() {
    let site = Site::unclaimed().await;
    site.go("/").await;
    site.write("input[name=code]", &site.code().await).await;
    for (field, text) in [("name", "Elin Strand"), ("email", EMAIL), ("password", PASSWORD)] {
        site.write(&format!("input[name={field}]"), text).await;
    }
    site.browser.press(&[Key::Enter]).await;
    site.is_at(FLEET).await;
    site.tenant(&json!({ "name": "acme" })).await;
    site.tenant(&json!({ "name": "globex" })).await;
    site.browser.wait_for("#t-globex", DEADLINE).await;

    site.browser.press(&[Key::Char('/')]).await;
    site.browser.write("acm").await;
    site.browser.press(&[Key::Enter]).await;
    site.has_no("#t-globex").await;
    site.has("#t-acme").await;

    site.enter(".top details.menu:last-of-type summary").await;
    site.enter("form[action='/sign-out'] button").await;
    site.is_at("/sign-in").await;
    site.write("#email", EMAIL).await;
    site.write("#password", PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at(FLEET).await;
    site.is_quiet().await;
}
