//! What somebody sees of their account, and what they do to it.

use aws_lc_rs::hmac;
use berth_engine::request::Reset;
use berth_engine_testkit::ACTOR;
use http::StatusCode;
use secrecy::ExposeSecret as _;

use crate::pages::testing::{HOSTILE, Seen, Site, cut, plain};

const PASSWORD: &str = "three small herons";

/// What an authenticator shows now that was told this key (RFC 4226, RFC 4648).
fn shown(site: &Site, key: &str) -> String {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for symbol in key.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if symbol.is_ascii_digit() { symbol - b'2' + 26 } else { symbol - b'A' };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    let step = site.process.engine.now().as_second() / 30;
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes),
        &step.to_be_bytes(),
    );
    let at = usize::from(tag.as_ref()[19] & 0xf);
    let four: [u8; 4] = tag.as_ref()[at..at + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

fn between<'a>(seen: &'a Seen, begin: &str, end: &str) -> &'a str {
    let rest = seen.text.split_once(begin).unwrap_or_else(|| panic!("{}", seen.text)).1;
    rest.split_once(end).unwrap().0
}

fn refused(seen: &Seen, said: &str) {
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", seen.text);
    assert!(seen.text.contains(said), "{said} is not in {}", seen.text);
    assert!(!seen.text.contains("three small"), "{}", seen.text);
    seen.harmless();
}

/// A page without what it shows once.
fn once(site: &Site, seen: &Seen) -> String {
    let page = site.main_of(seen);
    let marks = [
        ("id=\"key\">", "<"),
        ("otpauth:", "<"),
        ("tabindex=\"0\">", "</pre>"),
        ("data:text/plain,", "\""),
    ];
    marks.into_iter().fold(page, |page, (from, to)| cut(&page, from, to))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_set_up_with_its_first_code_and_taken_away_with_the_password() {
    let site = Site::start().await;

    let wrong = site.post("/account/second-factor", &[("current_password", "nothing")]).await;
    refused(&wrong, "This is not the password of your account.");
    let told = site.post("/account/second-factor", &[("current_password", PASSWORD)]).await;
    insta::assert_snapshot!("second_factor", once(&site, &told));
    let key = between(&told, "id=\"key\">", "<");

    let wrong = site.post("/account/second-factor/confirm", &[("code", HOSTILE)]).await;
    refused(&wrong, "type the six digits");
    let right = shown(&site, key);
    let codes = site.post("/account/second-factor/confirm", &[("code", &right)]).await;
    insta::assert_snapshot!("recovery_codes", once(&site, &codes));
    insta::assert_snapshot!("account", site.main_of(&site.get("/account").await));

    let renewed = site.post("/account/recovery-codes", &[("current_password", PASSWORD)]).await;
    assert!(renewed.page().contains("Those from before are void"), "{}", renewed.text);
    let wrong = site.post("/account/second-factor/remove", &[("current_password", "no")]).await;
    refused(&wrong, "This is not the password of your account.");
    let off = site.post("/account/second-factor/remove", &[("current_password", PASSWORD)]).await;
    let seen = site.get(off.to()).await;
    assert!(seen.page().contains("No second factor is asked for any more."), "{}", seen.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_chose_a_new_password_and_has_a_second_factor_is_asked_for_it_at_the_door() {
    let site = Site::start().await;
    let told = site.post("/account/second-factor", &[("current_password", PASSWORD)]).await;
    let right = shown(&site, between(&told, "id=\"key\">", "<"));
    site.post("/account/second-factor/confirm", &[("code", &right)]).await.page();
    let engine = &site.process.engine;
    let reset = engine.reset_person(&ACTOR, "olga@example.com", Reset::Password).await;
    let code = reset.unwrap().unwrap();
    let site = site.by_nobody();

    let fields = [("code", code.expose_secret()), ("password", "four tall cranes")];
    let chosen = site.post("/join", &fields).await;

    assert_eq!(chosen.to(), "/sign-in");
    let fields = [("email", "olga@example.com"), ("password", "four tall cranes")];
    let asked = site.post("/sign-in", &fields).await;
    assert!(asked.text.contains("name=\"code\""), "{}", asked.text);
    insta::assert_snapshot!("sign_in_half", site.main_of(&asked));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_whoever_knows_the_one_before() {
    let site = Site::start().await;
    let change = async |current: &str, new: &str| {
        site.post("/account/password", &[("current_password", current), ("password", new)]).await
    };

    refused(&change("nothing", "four tall storks").await, "This is not the password");
    refused(&change(PASSWORD, "short").await, "id=\"password-said\"");
    assert_eq!(change(PASSWORD, "four tall storks").await.to(), "/account?done=password");
    refused(&change(PASSWORD, "five grey cranes").await, "This is not the password");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_ended_one_by_one_or_all_others_at_once() {
    let site = Site::start().await;
    let others = async || {
        let seen = site.get("/account").await;
        seen.text.matches("aria-label=\"End the session of").count()
    };
    let again = [("email", "olga@example.com"), ("password", PASSWORD)];
    for _ in 0..3 {
        site.post("/sign-in", &again).await.to();
    }
    assert_eq!(others().await, 3);

    let seen = site.get("/account").await;
    let id = between(&seen, "action=\"/sessions/ses_", "/end\"");
    assert_eq!(
        site.post(&format!("/sessions/ses_{id}/end"), &[]).await.to(),
        "/account?done=session"
    );
    assert_eq!(others().await, 2);
    assert_eq!(site.post("/sessions/end", &[]).await.to(), "/account?done=sessions");
    assert_eq!(others().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_address_says_was_done_is_said_in_words_of_our_own() {
    let site = Site::start().await;

    let seen = site.get("/account?done=%3Cb%20onclick%3D%22x%22%3E").await;
    assert!(!seen.page().contains("note--ok"), "{}", plain(&seen.text));
}
