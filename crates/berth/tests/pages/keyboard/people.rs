//! People: invited, given other roles, and programs that are given tokens.

use serde_json::{Value, json};

use berth_testkit::webdriver::Key;

use crate::site::Site;

const PEOPLE: &str = "/organisations/default/people";
const KEEP: &str = "main form .row a[autofocus]";

/// Somebody accepts an invitation.
pub(super) async fn join(site: &Site, email: &str) {
    let invite = json!({ "email": email, "role": "viewer" });
    let invited = site.app.ours("POST", "/invitations", &invite).await;
    assert_eq!(invited.status, 201, "{}", invited.text());
    let (name, password) = ("Jo", "three small herons");
    let accept = json!({ "code": invited.json()["code"], "name": name, "password": password });
    let joined = site.app.call("POST", "/invitations/accept", &accept).await;
    assert!(joined.status < 300, "{}", joined.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_and_it_is_taken_back() {
    let site = Site::open().await;

    site.enter(".rail a[href$='/people']").await;
    site.write("#email", "jo@example.com").await;
    site.tab_to("#role").await;
    site.browser.press(&[Key::Char('m')]).await;
    site.enter("form[action$='/invitations'] .row button").await;
    site.reads("jo@example.com is invited as member").await;
    site.enter("main a.btn--primary").await;
    site.enter("main a[href$='/revoke']").await;
    site.has(KEEP).await;
    assert!(site.is_on(KEEP).await, "the safe answer has the focus first");
    site.enter("main form button.btn--fatal").await;

    site.is_at(PEOPLE).await;
    site.has_no("main a[href*='/invitations/']").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_gets_another_role_and_is_taken_out() {
    let site = Site::open().await;
    join(&site, "jo@example.com").await;
    site.go(PEOPLE).await;

    site.tab_to("form[action*='/members/'] select").await;
    site.browser.press(&[Key::Char('m')]).await;
    site.enter("form[action*='/members/'] button").await;
    site.is_at(PEOPLE).await;
    site.has("form[action*='/members/'] option[value=member]:checked").await;
    let members = site.app.ours("GET", "/members", &Value::Null).await.json();
    assert_eq!(members["items"][0]["role"], "member", "{members:#}");

    site.enter("main tbody details.menu summary").await;
    site.enter("main tbody details.menu a[href$='/remove']").await;
    site.enter("main form button.btn--fatal").await;
    site.is_at(PEOPLE).await;
    site.has_no("form[action*='/members/']").await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_given_a_token_and_it_is_revoked() {
    let site = Site::open().await;
    site.go(PEOPLE).await;

    site.write("#account", "ci").await;
    site.tab_to("input[name=scope][value=read]").await;
    site.browser.press(&[Key::Space]).await;
    site.enter("form[action$='/tokens'] .row button").await;
    site.reads("It is shown this once.").await;
    site.tab_to("[data-copy='#secret']").await;
    site.enter("main a.btn--primary").await;
    site.enter("main a[href*='/tokens/'][href$='/revoke']").await;
    site.enter("main form button.btn--fatal").await;

    site.is_at(PEOPLE).await;
    site.has_no("main a[href*='/tokens/']").await;
    site.is_quiet().await;
}

/// What can be done with whoever does not look.
const OTHERS: &str = "main tbody tr:not(:has(.tag--accent)) details.menu";

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_kept_out_and_let_in_again() {
    let site = Site::open().await;
    join(&site, "jo@example.com").await;
    site.go("/people").await;

    site.enter(&format!("{OTHERS} summary")).await;
    site.enter(&format!("{OTHERS} a[href$='/disable']")).await;
    site.has(KEEP).await;
    assert!(site.is_on(KEEP).await, "the safe answer has the focus first");
    site.enter("main form button.btn--fatal").await;
    site.is_at("/people").await;
    site.reads("Disabled").await;

    site.enter(&format!("{OTHERS} summary")).await;
    site.enter(&format!("{OTHERS} a[href$='/enable']")).await;
    site.enter("main form button.btn--fatal").await;
    site.is_at("/people").await;
    site.has(&format!("{OTHERS} a[href$='/disable']")).await;
    site.is_quiet().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn how_somebody_is_reset_is_read_and_their_sessions_are_ended() {
    let site = Site::open().await;
    join(&site, "jo@example.com").await;
    let who = json!({ "email": "jo@example.com", "password": "three small herons" });
    assert!(site.app.call("POST", "/sign-in", &who).await.status < 300);
    site.go("/people").await;

    site.enter(&format!("{OTHERS} summary")).await;
    site.enter(&format!("{OTHERS} a[href$='/reset']")).await;
    site.reads("This is done on the host.").await;
    site.tab_to("main pre.code").await;
    site.enter("main .row a[href='/people']").await;
    site.is_at("/people").await;

    site.enter(&format!("{OTHERS} summary")).await;
    site.enter(&format!("{OTHERS} a[href$='/sessions']")).await;
    site.reads("Sessions of Jo").await;
    site.enter("main form button.btn--danger").await;
    site.is_at("/people").await;
    site.go(PEOPLE).await;
    site.enter("main tbody details.menu summary").await;
    site.enter("main tbody details.menu a[href$='/sessions']").await;
    site.reads("Not signed in anywhere").await;
    site.is_quiet().await;
}
