//! Somebody's own account.

use std::sync::Arc;

use berth_testkit::idp::{Idp, Reply};
use berth_testkit::webdriver::Key;
use berth_testkit::{SystemClock, wait};
use serde_json::json;

use super::authenticator;
use super::people::join;
use crate::app::DEADLINE;
use crate::site::{EMAIL, FLEET, PASSWORD, Site};

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_set_up_asked_for_and_taken_away() {
    let site = Site::open().await;

    site.enter(".top details.menu:last-of-type summary").await;
    site.enter(".menu__pop a[href='/account']").await;
    site.write("#enrol-password", PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.has_focus_on("#code").await;
    let key = site.browser.wait_for("#key", DEADLINE).await;
    let key = site.browser.text(&key).await;
    site.browser.write(&authenticator::shown(&key)).await;
    site.browser.press(&[Key::Enter]).await;
    site.reads("The second factor is on").await;
    let codes = site.browser.wait_for("#codes", DEADLINE).await;
    let codes = site.browser.text(&codes).await;
    site.enter("main a.btn--primary").await;
    site.is_at("/account").await;

    site.enter(".top details.menu:last-of-type summary").await;
    site.enter("form[action='/sign-out'] button").await;
    site.write("#email", EMAIL).await;
    site.write("#password", PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#code").await;
    wait::until(DEADLINE, async || site.is_on("#code").await).await;
    site.browser.write(codes.lines().next().unwrap().trim()).await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at(FLEET).await;

    site.go("/account").await;
    for form in ["/account/recovery-codes", "/account/second-factor/remove"] {
        site.enter(&format!("details:has(form[action='{form}']) summary")).await;
        site.write(&format!("form[action='{form}'] input[type=password]"), PASSWORD).await;
        site.browser.press(&[Key::Enter]).await;
        site.has_no(&format!("form[action='{form}']")).await;
        site.go("/account").await;
    }
    site.has("#enrol-password").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_and_a_wrong_one_is_said_at_its_field() {
    let site = Site::open().await;
    site.go("/account").await;

    for (current, said) in [("wrong wrong wrong", "#current-said"), (PASSWORD, ".note--ok")] {
        site.write("#current", current).await;
        site.write("#password", "four tall storks").await;
        site.enter("form[action='/account/password'] .row button").await;
        site.has(said).await;
    }
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_linked_with_one_elsewhere_and_unlinked() {
    const LINK: &str = "form[action='/account/providers/corp']";
    const UNLINK: &str = "form[action='/account/providers/corp/unlink']";
    let idp = Idp::start(Arc::new(SystemClock)).await;
    idp.reply("/authorize", Reply::Json(json!({ "welcome": "to Example Corp" })));
    idp.reply("/favicon.ico", Reply::Json(json!({})));
    let site = Site::open_with(&idp).await;
    site.go("/account").await;

    site.enter(&format!("details:has({LINK}) summary")).await;
    site.write(&format!("{LINK} input[type=password]"), PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.comes("the provider", async || site.browser.url().await.starts_with(&idp.issuer())).await;
    let asked = site.browser.url().await.parse().unwrap();
    let answer = idp.visit(&asked);
    site.go(&format!("/api/v1/sign-in/providers/corp/callback?{answer}")).await;
    site.is_at("/account").await;

    site.enter(&format!("details:has({UNLINK}) summary")).await;
    site.write(&format!("{UNLINK} input[type=password]"), "wrong wrong wrong").await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#unlink-said").await;
    site.write(&format!("{UNLINK} input[type=password]"), PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.is_at("/account?done=unlinked").await;
    site.has(LINK).await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn own_sessions_are_ended_one_by_one_and_all_at_once() {
    let site = Site::open().await;
    let who = json!({ "email": EMAIL, "password": PASSWORD });
    for _ in 0..3 {
        assert!(site.app.call("POST", "/sign-in", &who).await.status < 300);
    }
    site.go("/account").await;

    site.enter("form[action^='/sessions/ses_'] button").await;
    site.is_at("/account?done=session").await;
    site.has("form[action^='/sessions/ses_']").await;
    site.enter("form[action='/sessions/end'] button").await;
    site.is_at("/account?done=sessions").await;
    site.has_no("form[action^='/sessions/ses_']").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_account_signs_in_at_a_provider_and_nobody_else_does() {
    let idp = Idp::start(Arc::new(SystemClock)).await;
    idp.reply("/authorize", Reply::Json(json!({ "welcome": "to Example Corp" })));
    idp.reply("/favicon.ico", Reply::Json(json!({})));
    // Else somebody would be welcome by what they belong to there.
    idp.claim(&json!({ "groups": [] }));
    let site = Site::open_with(&idp).await;
    site.enter(".top details.menu:last-of-type summary").await;
    site.enter("form[action='/sign-out'] button").await;
    site.is_at("/sign-in").await;

    site.come_from(&idp).await;
    site.reads("You are not signed in").await;
    site.enter("main a.btn--primary").await;
    site.is_at("/sign-in").await;
    join(&site, "jo@example.com").await;
    site.come_from(&idp).await;

    site.is_at(FLEET).await;
    site.has(".portal__top").await;
}

impl Site {
    /// Goes to the provider from where people sign in, and comes back as whoever it knows.
    async fn come_from(&self, idp: &Idp) {
        self.enter("main a.btn[href*='/providers/corp']").await;
        self.comes("the provider", async || self.browser.url().await.starts_with(&idp.issuer()))
            .await;
        let asked = self.browser.url().await.parse().unwrap();
        let answer = idp.visit(&asked);
        self.go(&format!("/api/v1/sign-in/providers/corp/callback?{answer}")).await;
    }
}
