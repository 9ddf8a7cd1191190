//! Who may see people, invite them and make tokens.

use berth_engine::request::{Accept, Invite, Whence};
use berth_engine_testkit::{ACTOR, ORG};
use http::StatusCode;

use crate::pages::testing::{HOSTILE, Seen, Site, cut};

const PEOPLE: &str = "/organisations/default/people";

async fn joined(site: &Site, email: &str, role: &str) {
    let engine = &site.process.engine;
    let invite = Invite { email: email.to_owned(), role: role.to_owned() };
    let code = engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap().code;
    let (name, password) = (Some(HOSTILE.to_owned()), Some("three small herons".into()));
    let accept = Accept { code, name, password };
    engine.accept_invitation(None, &Whence::default(), accept).await.unwrap();
}

fn id_in<'a>(seen: &'a Seen, kind: &str) -> &'a str {
    let at =
        seen.text.find(&format!("<li id=\"{kind}_")).unwrap_or_else(|| panic!("{}", seen.text));
    let at = at + "<li id=\"".len();
    seen.text[at..].split('"').next().unwrap()
}

/// A page without what it shows once.
fn once(site: &Site, seen: &Seen) -> String {
    let page = site.main_of(seen);
    ["id=\"link\">", "id=\"code\">", "id=\"secret\">"]
        .iter()
        .fold(page, |page, id| cut(&page, id, "<"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_people_and_nothing_of_the_installation_and_a_member_neither() {
    let site = Site::start().await.by_member("admin").await;
    let seen = site.get(PEOPLE).await;
    assert!(!seen.page().contains("href=\"/settings\""), "{}", seen.text);
    assert!(!seen.text.contains("/disable"), "{}", seen.text);
    assert_eq!(site.get("/people").await.status, StatusCode::FORBIDDEN);

    let site = site.by_member("member").await;
    assert_eq!(site.get(PEOPLE).await.status, StatusCode::FORBIDDEN);
    assert!(!site.get("/organisations/default/tenants").await.page().contains(PEOPLE));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_shown_once_and_taken_back_after_a_question() {
    let site = Site::start().await;
    let form = [("email", "jo@example.com"), ("role", "member"), ("once", "k1")];

    let made = site.post("/organisations/default/invitations", &form).await;
    assert!(made.page().contains("https://berth.example.com/join/"), "{}", made.text);
    insta::assert_snapshot!("invited", once(&site, &made));
    let again = site.post("/organisations/default/invitations", &form).await;
    assert_eq!(again.text, made.text);
    let listed = site.get(PEOPLE).await;
    assert_eq!(listed.text.matches("<b>jo@example.com</b>").count(), 1, "{}", listed.text);

    let path = format!("/organisations/default/invitations/{}/revoke", id_in(&listed, "inv"));
    assert!(site.get(&path).await.page().contains("Its code is good for nothing any more."));
    assert_eq!(site.post(&path, &[]).await.to(), PEOPLE);
    assert!(!site.get(PEOPLE).await.page().contains("jo@example.com"));
    assert_eq!(site.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_is_not_right_comes_back_as_it_was_typed() {
    let site = Site::start().await;

    let form = [("email", HOSTILE), ("role", "viewer")];
    let seen = site.post("/organisations/default/invitations", &form).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.harmless();
    assert!(seen.text.contains("id=\"email-said\""), "{}", seen.text);
    assert!(seen.text.contains("<option value=\"viewer\" selected>"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_revoked_after_a_question() {
    let site = Site::start().await;
    let tokens = "/organisations/default/tokens";
    let form = [("account", "ci"), ("scope", "read"), ("scope", "logs"), ("expires", "30d")];

    let made = site.post(tokens, &form).await;
    assert!(made.page().contains("It is shown this once"), "{}", made.text);
    insta::assert_snapshot!("token", once(&site, &made));
    let listed = site.get(PEOPLE).await;
    assert!(listed.page().contains("Used: never"), "{}", listed.text);

    let path = format!("{tokens}/{}/revoke", id_in(&listed, "tok"));
    assert!(site.get(&path).await.page().contains("Revoke"));
    assert_eq!(site.post(&path, &[]).await.to(), PEOPLE);
    assert!(!site.get(PEOPLE).await.page().contains("Used: never"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_rights_comes_back_with_what_was_typed() {
    let site = Site::start().await;

    let form = [("account", HOSTILE), ("expires", "7d")];
    let seen = site.post("/organisations/default/tokens", &form).await;

    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    seen.harmless();
    assert!(seen.text.contains("id=\"account-said\""), "{}", seen.text);
    assert!(seen.text.contains("id=\"scope-said\""), "{}", seen.text);
    assert!(seen.text.contains("<option value=\"7d\" selected>"), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays_one_and_whoever_goes_is_asked_about() {
    let site = Site::start().await.by_member("admin").await;
    joined(&site, "jo@example.com", "viewer").await;
    let members = "/organisations/default/members";

    let seen = site.post(&format!("{members}/admin@example.com"), &[("role", "viewer")]).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
    assert!(seen.text.contains("is the last admin"), "{}", seen.text);
    assert_eq!(
        site.post(&format!("{members}/jo@example.com"), &[("role", "member")]).await.to(),
        PEOPLE
    );

    let path = format!("{members}/jo@example.com/remove");
    assert!(site.get(&path).await.page().contains("Their account stays"));
    assert_eq!(site.post(&path, &[]).await.to(), PEOPLE);
    assert!(!site.get(PEOPLE).await.page().contains("jo@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_disables_somebody_after_a_question_and_lets_them_in_again() {
    let site = Site::start().await;
    joined(&site, "jo@example.com", "viewer").await;

    let seen = site.get("/people/jo@example.com/disable").await;
    seen.page();
    assert_eq!(site.post("/people/jo@example.com/disable", &[]).await.to(), "/people");
    assert!(site.get(PEOPLE).await.page().contains("<span class=\"tag\">Disabled</span>"));
    assert_eq!(site.post("/people/jo@example.com/enable", &[]).await.to(), "/people");
    let none = site.get("/people/jo@example.com/providers/corp/unlink").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert!(!site.get(PEOPLE).await.page().contains("Disabled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_prove_themselves_is_reset_with_a_button_on_the_host() {
    let site = Site::start().await;
    joined(&site, "jo@example.com", "viewer").await;
    assert!(site.get("/people").await.page().contains("/reset\">"));
    let site = site.by_host();
    let path = "/people/jo@example.com/reset";
    insta::assert_snapshot!("reset_person", site.main_of(&site.get(path).await));

    let wrong = site.post(path, &[("only", HOSTILE)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.harmless();
    assert!(wrong.text.contains("id=\"only-said\""), "{}", wrong.text);
    assert_eq!(site.post(path, &[("only", "second-factor")]).await.to(), "/people");
    let form = [("only", "password"), ("once", "k1")];
    let made = site.post(path, &form).await;
    assert!(made.page().contains("It is shown this once."), "{}", made.text);
    assert_eq!(site.post(path, &form).await.text, made.text);
    insta::assert_snapshot!("reset_code", once(&site, &made));
    let code = made.text.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    let link = format!("/join/{code}");

    let chosen = site.post(&link, &[("password", "four tall cranes")]).await;
    assert_eq!(chosen.to(), "/");
    let old = [("email", "jo@example.com"), ("password", "three small herons")];
    assert_eq!(site.post("/sign-in", &old).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_elsewhere_is_told_how_somebody_is_reset_and_cannot_do_it() {
    let site = Site::start().await;
    joined(&site, "jo@example.com", "viewer").await;
    let path = "/people/jo@example.com/reset";

    assert!(site.get(path).await.page().contains("This is done on the host."));
    let refused = site.post(path, &[("only", "password")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Only whoever is on the host may do this."), "{}", refused.text);
    let same = [("email", "jo@example.com"), ("password", "three small herons")];
    assert_eq!(site.post("/sign-in", &same).await.to(), "/");
    let site = site.by_member("admin").await;
    assert_eq!(site.get(path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_others_are_seen_and_ended_by_whoever_looks_after_them() {
    let site = Site::start().await;
    joined(&site, "jo@example.com", "viewer").await;
    let paths = [
        "/people/jo@example.com/sessions",
        "/organisations/default/members/jo@example.com/sessions",
    ];
    for (path, back) in paths.into_iter().zip(["/people", PEOPLE]) {
        assert!(site.get(path).await.page().contains("Not signed in anywhere"), "{path}");
        let typed = [("email", "jo@example.com"), ("password", "three small herons")];
        site.post("/sign-in", &typed).await.to();
        let seen = site.get(path).await;
        assert!(seen.page().contains("<code>192.0.2.7</code>"), "{}", seen.text);
        assert_eq!(site.post(path, &[]).await.to(), back);
        assert!(site.get(path).await.page().contains("Not signed in anywhere"), "{path}");
    }
}
