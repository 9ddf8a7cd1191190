use std::collections::BTreeSet;

use berth_identity::oidc::{
    Callback, ForeignEmail, GroupMapping, Provider, SignInAttempt, SignInError,
};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::idp::{BACK, Idp, Key, Reply, Signing, at, local};

#[tokio::test]
async fn somebody_signs_in() {
    let idp = Idp::start().await;
    let party = idp.party();

    let (url, attempt) = party.begin(at(0)).await.unwrap();
    let sealed = attempt.to_sealable();
    let query = idp.visit(&url);
    let attempt = SignInAttempt::from_sealable(&sealed).unwrap();
    let callback = Callback::from_query(&query).unwrap();
    let jo = party.finish(attempt, callback, at(120)).await.unwrap();

    assert_eq!((jo.issuer, jo.subject.as_str()), (idp.issuer(), "248289761001"));
    assert_eq!(jo.email, ForeignEmail::Verified("jo@example.com".parse().unwrap()));
    let mapping = GroupMapping::new(vec![("staff".parse().unwrap(), "viewer")]);
    assert_eq!(mapping.roles_of(&jo.groups), BTreeSet::from(["viewer"]));
}

#[tokio::test]
async fn the_browser_is_sent_with_everything_that_binds_the_answer() {
    let idp = Idp::start().await;

    let (url, attempt) = idp.party().begin(at(0)).await.unwrap();

    let asked: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    let names: Vec<&str> = asked.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "nonce",
            "redirect_uri",
            "response_type",
            "scope",
            "state"
        ]
    );
    assert_eq!(asked["redirect_uri"], BACK);
    assert_eq!(asked["scope"], "openid email groups");
    let sealed: serde_json::Value =
        serde_json::from_str(attempt.to_sealable().expose_secret()).unwrap();
    let verifier = sealed["verifier"].as_str().unwrap();
    assert!(!url.as_str().contains(verifier), "the verifier left the house");
}

#[tokio::test]
async fn a_sign_in_may_move_from_thread_to_thread() {
    let idp = Idp::start().await;
    let mut threads = tokio::task::JoinSet::new();

    threads.spawn(async move { idp.sign_in(&idp.party()).await.is_ok() });

    assert_eq!(threads.join_all().await, [true]);
}

#[tokio::test]
async fn elliptic_curves_are_keys_too() {
    let idp = Idp::start().await;
    let key = Key::p256("curve");
    idp.show(std::slice::from_ref(&key));
    idp.sign(Signing::With(key));

    assert!(idp.sign_in(&idp.party()).await.is_ok());
}

#[tokio::test]
async fn a_public_client_needs_no_secret() {
    let idp = Idp::start().await;
    let mut settings = idp.settings();
    settings.client_secret = None;
    let party = Provider::new(settings, local()).unwrap();

    assert!(idp.sign_in(&party).await.is_ok());
}

#[tokio::test]
async fn a_secret_goes_where_the_provider_takes_it() {
    let idp = Idp::start().await;
    let mut metadata = idp.metadata();
    metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    idp.reply("/.well-known/openid-configuration", Reply::Json(metadata));

    assert!(idp.sign_in(&idp.party()).await.is_ok());
}

#[tokio::test]
async fn new_keys_are_looked_for_when_a_token_names_one() {
    let idp = Idp::start().await;
    let party = idp.party();
    idp.sign_in(&party).await.unwrap();
    let second = Key::rsa("second");
    idp.show(std::slice::from_ref(&second));
    idp.sign(Signing::With(second));

    idp.sign_in(&party).await.unwrap();
    idp.sign_in(&party).await.unwrap();

    assert_eq!(idp.asked("/keys"), 2, "once with everything, once for the new key");
    assert_eq!(idp.asked("/.well-known/openid-configuration"), 1);
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_asked_again_after_an_hour() {
    let idp = Idp::start().await;
    let party = idp.party();

    for seconds in [0, 1, 3599, 3600, 3601] {
        party.begin(at(seconds)).await.unwrap();
    }

    assert_eq!(idp.asked("/.well-known/openid-configuration"), 2);
}

#[tokio::test]
async fn a_hundred_at_once_ask_once() {
    let idp = Idp::start().await;
    let party = std::sync::Arc::new(idp.party());
    let mut people = tokio::task::JoinSet::new();

    for _ in 0..100 {
        let party = std::sync::Arc::clone(&party);
        people.spawn(async move { party.begin(at(0)).await.is_ok() });
    }

    assert!(people.join_all().await.into_iter().all(|began| began));
    assert_eq!(idp.asked("/.well-known/openid-configuration"), 1);
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_for_some_seconds() {
    let idp = Idp::start().await;
    let party = idp.party();
    idp.reply("/.well-known/openid-configuration", Reply::Status(503));

    let first = party.begin(at(0)).await;
    let second = party.begin(at(4)).await;

    assert!(matches!(first, Err(SignInError::Provider(_))), "{first:?}");
    assert!(matches!(second, Err(SignInError::Resting)), "{second:?}");
    assert_eq!(idp.asked("/.well-known/openid-configuration"), 1);
    assert!(matches!(party.begin(at(5)).await, Err(SignInError::Provider(_))));
}

#[tokio::test]
async fn who_says_no_there_is_not_signed_in_here() {
    let idp = Idp::start().await;
    let party = idp.party();
    let (url, attempt) = party.begin(at(0)).await.unwrap();
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();

    let callback = Callback::from_query(&format!("error=access%1b_denied&state={state}")).unwrap();
    let refused = party.finish(attempt, callback, at(1)).await.unwrap_err();

    assert_eq!(refused.to_string(), "the provider did not sign anybody in: `access\\u{1b}_denied`");
    assert_eq!(idp.asked("/token"), 0);
}
