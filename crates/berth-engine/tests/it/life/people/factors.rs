//! Second factors.

use aws_lc_rs::hmac;
use berth_domain::audit::Outcome;
use berth_engine::request::SignIn;
use berth_engine::view::SignedIn;
use berth_engine::{EngineError, PeopleError};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::crew::{Crew, OPERATOR, PASSWORD, credentials, refused, secret, text, whence};

/// Somebody's authenticator: what it was told, in bytes.
struct Authenticator(Vec<u8>);

impl Authenticator {
    /// What it is told is base 32 (RFC 4648).
    fn new(key: &SecretString) -> Self {
        let symbols = text(key).bytes().filter(u8::is_ascii_alphanumeric);
        let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
        for symbol in symbols {
            let value = if symbol.is_ascii_digit() { symbol - b'2' + 26 } else { symbol - b'A' };
            (bits, held) = (bits << 5 | u32::from(value), held + 5);
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
            }
        }
        Self(bytes)
    }

    /// What it shows now (RFC 4226, section 5.3).
    fn shows(&self, crew: &Crew) -> SecretString {
        let step = crew.stage.installation.clock.now().as_second() / 30;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[19] & 0xf);
        let four: [u8; 4] = tag[at..at + 4].try_into().unwrap();
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000).into()
    }
}

async fn enrol(crew: &Crew, me: &SignedIn) -> (Authenticator, Vec<SecretString>) {
    let engine = crew.engine();
    let told = engine.enrol_second_factor(me, &whence(2), secret(PASSWORD)).await.unwrap();
    let authenticator = Authenticator::new(&told.key);
    let code = authenticator.shows(crew);
    let codes = engine.confirm_second_factor(me, &whence(2), &code).await.unwrap();
    (authenticator, codes)
}

fn with(code: &SecretString) -> SignIn {
    SignIn { code: Some(code.clone()), ..credentials(OPERATOR, PASSWORD) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_asked_for_from_its_first_right_code_on_and_each_is_good_once() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    let engine = crew.engine();
    let told = engine.enrol_second_factor(&me, &whence(2), secret(PASSWORD)).await.unwrap();
    let authenticator = Authenticator::new(&told.key);
    // Not before.
    crew.sign_in(OPERATOR).await;
    let first = authenticator.shows(&crew);
    engine.confirm_second_factor(&me, &whence(2), &first).await.unwrap();

    let without = engine.begin_session(&whence(2), credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(without, Err(EngineError::People(PeopleError::SecondFactor))), "{without:?}");
    let again = engine.begin_session(&whence(3), with(&first)).await;
    assert_eq!(refused(again), "the e-mail address, the password or the code is not right");
    crew.tick(SignedDuration::from_secs(30));
    let next = authenticator.shows(&crew);
    let wrong_password = SignIn { password: secret("wrong"), ..with(&next) };
    assert!(engine.begin_session(&whence(4), wrong_password).await.is_err());
    let (one, two) = (whence(5), whence(6));
    let (one, two) = tokio::join!(
        engine.begin_session(&one, with(&next)),
        engine.begin_session(&two, with(&next))
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_paper_is_good_once_and_new_ones_void_the_old() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    let engine = crew.engine();
    let none = engine.new_recovery_codes(&me, &whence(2), secret(PASSWORD)).await;
    assert!(matches!(none, Err(EngineError::People(PeopleError::NoFactor { .. }))), "{none:?}");
    let (_, codes) = enrol(&crew, &me).await;
    assert_eq!(codes.len(), 10);

    engine.begin_session(&whence(3), with(&codes[0])).await.unwrap();
    let again = engine.begin_session(&whence(3), with(&codes[0])).await;
    assert!(matches!(again, Err(EngineError::People(PeopleError::NotLetIn))), "{again:?}");
    let me = crew.whoever(&engine.begin_session(&whence(3), with(&codes[1])).await.unwrap()).await;
    let me = me.unwrap();
    let new = engine.new_recovery_codes(&me, &whence(3), secret(PASSWORD)).await.unwrap();
    let old = engine.begin_session(&whence(3), with(&codes[2])).await;
    assert!(matches!(old, Err(EngineError::People(PeopleError::NotLetIn))), "{old:?}");
    engine.begin_session(&whence(3), with(&new[0])).await.unwrap();
    engine.remove_second_factor(&me, &whence(3), secret(PASSWORD)).await.unwrap();
    crew.sign_in(OPERATOR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_about_a_second_factor_changes_without_the_password() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    let engine = crew.engine();
    let unbegun = engine.confirm_second_factor(&me, &whence(2), &secret("123456")).await;
    assert!(
        matches!(unbegun, Err(EngineError::People(PeopleError::NoFactor { .. }))),
        "{unbegun:?}"
    );
    enrol(&crew, &me).await;

    let from = |last: u8| whence(10 + last);
    let wrong = || secret("not the password");
    let enrolled = engine.enrol_second_factor(&me, &from(1), wrong()).await.map(drop);
    let removed = engine.remove_second_factor(&me, &from(2), wrong()).await;
    let renewed = engine.new_recovery_codes(&me, &from(3), wrong()).await.map(drop);

    for refused in [enrolled, removed, renewed] {
        assert!(matches!(refused, Err(EngineError::People(PeopleError::NotLetIn))), "{refused:?}");
    }
    let still = engine.begin_session(&whence(2), credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(still, Err(EngineError::People(PeopleError::SecondFactor))), "{still:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_guessed_as_slowly_as_passwords() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    enrol(&crew, &me).await;

    let mut waits = false;
    for code in 0..8 {
        let guess = secret(&format!("00000{code}"));
        let refused = crew.engine().begin_session(&whence(9), with(&guess)).await;
        waits |= matches!(refused, Err(EngineError::People(PeopleError::Wait(_))));
    }

    assert!(waits);
}

/// What was refused: the action, why, and from where.
async fn refusals(crew: &Crew) -> Vec<(String, Option<String>, String)> {
    let entries = crew.audit(None).await.into_iter().rev();
    entries
        .filter(|entry| entry.outcome == Outcome::Denied)
        .map(|entry| {
            let why = entry.after.and_then(|after| Some(after["why"].as_str()?.to_owned()));
            let address = entry.origin.address.map(|address| address.to_string());
            (format!("{} {}", entry.actor, entry.action), why, address.unwrap_or_default())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_password_with_no_code_or_a_wrong_one_is_written_down_with_where_it_came_from() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    enrol(&crew, &me).await;
    let (here, there) = (whence(8), whence(9));

    let without = crew.from(&here).begin_session(&here, credentials(OPERATOR, PASSWORD)).await;
    assert!(matches!(without, Err(EngineError::People(PeopleError::SecondFactor))), "{without:?}");
    let wrong = crew.from(&there).begin_session(&there, with(&secret("000000"))).await;
    assert!(matches!(wrong, Err(EngineError::People(PeopleError::NotLetIn))), "{wrong:?}");

    let sign_in = || "nobody person.sign_in".to_owned();
    let why = |what: &str| Some(format!("the second factor is {what}"));
    assert_eq!(
        refusals(&crew).await,
        [
            (sign_in(), why("missing"), "192.0.2.8".to_owned()),
            (sign_in(), why("wrong"), "192.0.2.9".to_owned()),
        ]
    );
    assert!(!format!("{:?}", crew.audit(None).await).contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_knows_a_password_and_no_code_fills_no_audit_and_keeps_no_owner_out() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    let (authenticator, _) = enrol(&crew, &me).await;
    let engine = crew.engine();

    let mut waits = 0;
    for _ in 0..1000 {
        let tried = engine.begin_session(&whence(9), credentials(OPERATOR, PASSWORD)).await;
        waits += usize::from(matches!(tried, Err(EngineError::People(PeopleError::Wait(_)))));
    }

    assert_eq!((waits, refusals(&crew).await.len()), (994, 6));
    crew.tick(SignedDuration::from_secs(30));
    let code = authenticator.shows(&crew);
    engine.begin_session(&whence(2), with(&code)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_first_code_of_an_authenticator_is_written_down() {
    let crew = Crew::new().await;
    let me = crew.me(OPERATOR).await;
    let here = whence(8);
    crew.engine().enrol_second_factor(&me, &here, secret(PASSWORD)).await.unwrap();

    let wrong = crew.from(&here).confirm_second_factor(&me, &here, &secret("000000")).await;

    assert!(matches!(wrong, Err(EngineError::People(PeopleError::NotLetIn))), "{wrong:?}");
    let who = format!("person:{OPERATOR} second_factor.set");
    let why = Some("the code is wrong".to_owned());
    assert_eq!(refusals(&crew).await, [(who, why, "192.0.2.8".to_owned())]);
}
