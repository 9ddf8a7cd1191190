//! Links of invitations and of passwords that were reset.

use berth_engine::request::{Invite, Reset};
use berth_engine_testkit::{ACTOR, ORG};
use http::{StatusCode, header};
use secrecy::ExposeSecret as _;

use crate::pages::testing::{HOSTILE, Seen, Site};

const VOID: &str = "This link is not good";

async fn link(site: &Site, email: &str, role: &str) -> String {
    let invite = Invite { email: email.to_owned(), role: role.to_owned() };
    let made = site.process.engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap();
    format!("/join/{}", made.code.expose_secret())
}

async fn reset(site: &Site, email: &str) -> String {
    let code = site.process.engine.reset_person(&ACTOR, email, Reset::Password).await;
    format!("/join/{}", code.unwrap().unwrap().expose_secret())
}

/// A page without the code by which it is found.
fn page_of(seen: &Seen, link: &str) -> String {
    let code = link.rsplit('/').next().unwrap();
    assert!(!seen.text.contains(code), "{}", seen.text);
    assert_eq!(seen.headers[header::REFERRER_POLICY], "strict-origin");
    assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
    seen.page()
}

fn is_void(seen: &Seen) {
    assert_eq!(seen.status, StatusCode::NOT_FOUND, "{}", seen.text);
    assert!(seen.text.contains(VOID), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_looked_at_as_often_as_anybody_likes_and_used_once() {
    let site = Site::start().await;
    let tags = HOSTILE.replace('\u{202e}', "");
    site.post("/organisations/default", &[("title", &tags)]).await.to();
    let link = link(&site, "jo@example.com", "member").await;
    let site = site.by_nobody();
    let seen = site.get(&link).await;
    insta::assert_snapshot!("join_link", page_of(&seen, &link));
    for _ in 0..30 {
        assert_eq!(site.get(&link).await.status, StatusCode::OK);
    }

    let wrong = site.post(&link, &[("name", HOSTILE), ("password", "short")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text);
    wrong.harmless();
    assert!(wrong.text.contains("id=\"password-said\""), "{}", wrong.text);
    let named = site.post(&link, &[("name", "Jo <b>"), ("password", "short")]).await;
    assert!(named.text.contains("value=\"Jo &#60;b&#62;\""), "{}", named.text);
    let right = [("name", "Jo"), ("password", "four tall cranes")];
    let inside = site.post(&link, &right).await;
    assert_eq!(inside.to(), "/");
    assert!(inside.headers[header::SET_COOKIE].to_str().unwrap().starts_with("__Host-berth="));

    is_void(&site.get(&link).await);
    is_void(&site.post(&link, &right).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_used_taken_back_or_never_made_is_told_in_the_same_words() {
    let site = Site::start().await;
    let used = link(&site, "jo@example.com", "member").await;
    let revoked = link(&site, "al@example.com", "member").await;
    let engine = &site.process.engine;
    let made = engine.invitations(&ACTOR, Some(ORG)).await.unwrap();
    let al = made.iter().find(|it| it.email.as_str() == "al@example.com").unwrap();
    engine.revoke_invitation(&ACTOR, Some(ORG), &al.id.to_string()).await.unwrap();
    let site = site.by_nobody();
    site.post(&used, &[("name", "Jo"), ("password", "four tall cranes")]).await.to();

    let seen = site.get(&used).await;
    is_void(&seen);
    insta::assert_snapshot!("join_void", crate::pages::testing::plain(&seen.text));
    for link in [revoked.as_str(), "/join/00000-00000-00000-00000-00000", "/join/nothing"] {
        let other = site.get(link).await;
        assert_eq!((other.status, &other.text), (seen.status, &seen.text), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_account_signs_in_and_then_accepts_with_a_button() {
    let mut site = Site::start().await;
    let jo = "jo@example.com";
    site.join(jo, "viewer").await;
    let invite = Invite { email: "olga@example.com".to_owned(), role: "admin".to_owned() };
    let made = site.process.engine.invite(&ACTOR, Some(ORG), &invite).await.unwrap();
    let link = format!("/join/{}", made.code.expose_secret());

    site = site.by_nobody();
    let seen = site.get(&link).await;
    let text = page_of(&seen, &link);
    assert!(text.contains("There is an account for your address already"), "{text}");
    assert!(text.contains("href=\"/sign-in\"") && !text.contains("name=\"password\""), "{text}");
    let early = site.post(&link, &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.text);
    let site = site.by_member("member").await;
    let other = site.get(&link).await;
    assert!(other.text.contains("You are signed in as Mia Member."), "{}", other.text);
    assert!(other.text.contains("action=\"/sign-out\""), "{}", other.text);

    let mut site = site;
    site.sign_in().await;
    let own = site.get(&link).await;
    assert!(own.page().contains("this is added to it"), "{}", own.text);
    assert_eq!(site.post(&link, &[]).await.to(), "/");
    is_void(&site.get(&link).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_reset_is_chosen_anew_by_a_link() {
    let site = Site::start().await;
    site.join("jo@example.com", "viewer").await;
    let link = reset(&site, "jo@example.com").await;
    let site = site.by_nobody();

    let seen = site.get(&link).await;
    insta::assert_snapshot!("join_password", page_of(&seen, &link));
    let weak = site.post(&link, &[("password", "short")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.text.contains("id=\"password-said\""), "{}", weak.text);
    assert_eq!(site.post(&link, &[("password", "four tall cranes")]).await.to(), "/");

    let old = [("email", "jo@example.com"), ("password", "three small herons")];
    assert_eq!(site.post("/sign-in", &old).await.status, StatusCode::UNAUTHORIZED);
    let new = [("email", "jo@example.com"), ("password", "four tall cranes")];
    assert_eq!(site.post("/sign-in", &new).await.to(), "/");
}
