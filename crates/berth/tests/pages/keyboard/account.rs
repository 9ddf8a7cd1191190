//! Somebody's own account.

use berth_testkit::wait;
use berth_testkit::webdriver::Key;

use super::authenticator;
use crate::app::DEADLINE;
use crate::site::{EMAIL, FLEET, PASSWORD, Site};

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_set_up_asked_for_and_taken_away() {
    let site = Site::open().await;

    site.enter(".top details.menu:last-of-type summary").await;
    site.enter(".menu__pop a[href='/account']").await;
    site.write("#enrol-password", PASSWORD).await;
    site.browser.press(&[Key::Enter]).await;
    site.has("#code:focus").await;
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
