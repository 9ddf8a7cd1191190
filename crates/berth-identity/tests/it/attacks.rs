use berth_identity::oidc::{BadToken, Callback, SignInError};
use serde_json::{Value, json};

use crate::idp::{Idp, Key, Reply, SECRET, Signing, at};

fn callback(query: &str) -> Callback {
    Callback::from_query(query).unwrap()
}

/// What is wrong with a token that has these claims.
async fn verdict(claims: &Value) -> Result<String, BadToken> {
    let idp = Idp::start().await;
    idp.claim(claims);
    judged(&idp).await
}

async fn judged(idp: &Idp) -> Result<String, BadToken> {
    match idp.sign_in(&idp.party()).await {
        Ok(identity) => Ok(identity.subject),
        Err(SignInError::Token(why)) => Err(why),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    let us_and = |other: &str| json!({"aud": ["berth", other]});

    assert_eq!(verdict(&json!({"aud": "other"})).await, Err(BadToken::Audience));
    assert_eq!(verdict(&json!({"aud": []})).await, Err(BadToken::Audience));
    assert_eq!(verdict(&us_and("other")).await, Err(BadToken::Audience));
    assert_eq!(verdict(&json!({"azp": "other"})).await, Err(BadToken::Audience));
    assert!(verdict(&json!({"aud": ["berth"], "azp": "berth"})).await.is_ok());
}

#[tokio::test]
async fn a_token_of_another_provider_is_refused() {
    for issuer in ["https://evil.example", "http://127.0.0.1"] {
        let verdict = verdict(&json!({ "iss": issuer })).await;
        assert!(matches!(verdict, Err(BadToken::Issuer)), "{issuer}: {verdict:?}");
    }
    let idp = Idp::start().await;
    idp.claim(&json!({"iss": format!("{}/", idp.issuer())}));
    assert_eq!(judged(&idp).await, Err(BadToken::Issuer));
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_refused() {
    assert_eq!(verdict(&json!({"nonce": "other"})).await, Err(BadToken::Nonce));
    assert_eq!(verdict(&json!({"nonce": ""})).await, Err(BadToken::Nonce));
    assert_eq!(verdict(&json!({"nonce": null})).await, Err(BadToken::Nonce));
}

#[tokio::test]
async fn a_token_is_good_for_its_time() {
    // The sign-in ends at second 1; a minute of difference between clocks is forgiven.
    assert_eq!(verdict(&json!({"exp": at(-59).as_second()})).await, Err(BadToken::Expired));
    assert!(verdict(&json!({"exp": at(-58).as_second()})).await.is_ok());
    assert_eq!(verdict(&json!({"iat": at(62).as_second()})).await, Err(BadToken::Expired));
    assert!(verdict(&json!({"iat": at(61).as_second()})).await.is_ok());
}

#[tokio::test]
async fn a_token_without_what_a_token_has_is_refused() {
    for claim in ["iss", "sub", "aud", "exp", "iat"] {
        let idp = Idp::start().await;
        idp.claim(&json!({ claim: null }));

        let signed_in = idp.sign_in(&idp.party()).await;

        assert!(
            matches!(signed_in, Err(SignInError::Provider(_) | SignInError::Token(_))),
            "{claim}: {signed_in:?}"
        );
    }
}

#[tokio::test]
async fn a_token_about_nobody_is_refused() {
    for subject in ["", "a\nb", &"x".repeat(256)] {
        assert_eq!(verdict(&json!({ "sub": subject })).await, Err(BadToken::Claims), "{subject}");
    }
    assert!(verdict(&json!({"sub": "x".repeat(255)})).await.is_ok());
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let idp = Idp::start().await;
    idp.sign(Signing::Not);

    assert_eq!(judged(&idp).await, Err(BadToken::Algorithm));
}

#[tokio::test]
async fn what_everybody_knows_is_no_secret_to_sign_with() {
    let key = Key::rsa("first");
    let secrets = [
        ("the public key", key.public_bytes()),
        ("the public key as it is shown", key.jwk().to_string().into_bytes()),
        ("our own secret", SECRET.as_bytes().to_vec()),
        ("nothing", Vec::new()),
    ];

    for (what, secret) in secrets {
        let idp = Idp::start().await;
        idp.sign(Signing::Hmac(secret, "first".to_owned()));
        assert_eq!(judged(&idp).await, Err(BadToken::Algorithm), "{what}");
    }
}

#[tokio::test]
async fn a_strange_key_under_a_known_name_is_refused() {
    let idp = Idp::start().await;

    idp.sign(Signing::As(Key::rsa("second"), "first".to_owned()));
    assert_eq!(judged(&idp).await, Err(BadToken::Signature));

    idp.sign(Signing::As(Key::p256("curve"), "first".to_owned()));
    assert_eq!(judged(&idp).await, Err(BadToken::UnknownKey));
}

#[tokio::test]
async fn no_number_of_forged_tokens_makes_us_a_hammer() {
    let idp = Idp::start().await;
    let party = idp.party();
    idp.sign(Signing::As(Key::rsa("second"), "forged".to_owned()));

    for _ in 0..20 {
        let signed_in = idp.sign_in(&party).await;
        assert!(
            matches!(signed_in, Err(SignInError::Token(BadToken::UnknownKey))),
            "{signed_in:?}"
        );
    }

    assert_eq!(idp.asked("/keys"), 2);
}

#[tokio::test]
async fn an_answer_without_a_token_is_refused() {
    let idp = Idp::start().await;
    idp.sign(Signing::NoToken);

    assert_eq!(judged(&idp).await, Err(BadToken::Missing));
}

#[tokio::test]
async fn an_answer_to_another_attempt_never_reaches_the_provider() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (_, mine) = party.begin(at(0)).await.unwrap();
    let (theirs, _) = party.begin(at(0)).await.unwrap();

    // Somebody is made to open the address that an attacker came back with.
    let finished = party.finish(mine, callback(&idp.visit(&theirs)), at(1)).await;

    assert!(matches!(finished, Err(SignInError::NotOurs)), "{finished:?}");
    assert_eq!(idp.asked("/token"), 0);
}

#[tokio::test]
async fn an_answer_that_names_another_provider_is_not_carried_to_this_one() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (url, attempt) = party.begin(at(0)).await.unwrap();
    let query = idp.visit(&url);

    let query = query.split("&iss=").next().unwrap();
    let mixed_up = format!("{query}&iss=https%3A%2F%2Fevil.example");
    let finished = party.finish(attempt.clone(), callback(&mixed_up), at(1)).await;

    assert!(matches!(finished, Err(SignInError::NotOurs)), "{finished:?}");
    assert_eq!(idp.asked("/token"), 0);
    assert!(party.finish(attempt, callback(query), at(1)).await.is_ok(), "without it is fine");
}

#[tokio::test]
async fn an_attempt_at_one_provider_does_not_end_at_another() {
    let (one, other) = (Idp::start().await, Idp::start().await);
    let (url, attempt) = one.party().begin(at(0)).await.unwrap();
    let query = one.visit(&url);

    let finished = other.party().finish(attempt, callback(&query), at(1)).await;

    assert!(matches!(finished, Err(SignInError::NotOurs)), "{finished:?}");
    assert_eq!(other.asked("/token"), 0);
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (victims, _) = party.begin(at(0)).await.unwrap();
    let stolen = idp.visit(&victims);
    let stolen = stolen.split('&').find(|pair| pair.starts_with("code=")).unwrap();

    // The thief has an attempt of their own, and puts the code into its answer.
    let (url, attempt) = party.begin(at(0)).await.unwrap();
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    let finished = party.finish(attempt, callback(&format!("{stolen}&state={state}")), at(1)).await;

    assert!(matches!(finished, Err(SignInError::Code)), "{finished:?}");
}

#[tokio::test]
async fn a_code_is_good_once() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (url, attempt) = party.begin(at(0)).await.unwrap();
    let query = idp.visit(&url);

    assert!(party.finish(attempt.clone(), callback(&query), at(1)).await.is_ok());
    let again = party.finish(attempt, callback(&query), at(2)).await;

    assert!(matches!(again, Err(SignInError::Code)), "{again:?}");
}

#[tokio::test]
async fn an_attempt_is_over_after_ten_minutes() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (url, attempt) = party.begin(at(0)).await.unwrap();

    let finished = party.finish(attempt, callback(&idp.visit(&url)), at(601)).await;

    assert!(matches!(finished, Err(SignInError::TooLate)), "{finished:?}");
    assert_eq!(idp.asked("/token"), 0);
}

#[tokio::test]
async fn nothing_of_a_bad_answer_is_repeated() {
    let idp = Idp::start().await;
    idp.reply("/token", Reply::Json(json!({"access_token": "canary", "id_token": "canary"})));

    let error = idp.sign_in(&idp.party()).await.unwrap_err();

    let said = format!("{error:?} {error}");
    assert!(matches!(error, SignInError::Provider(_)), "{said}");
    assert!(!said.contains("canary"), "{said}");
}
