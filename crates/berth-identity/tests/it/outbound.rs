use std::time::Duration;

use berth_identity::oidc::{Provider, SignInError};
use berth_outbound::Unreached;
use serde_json::json;

use crate::idp::{Idp, Reply, at, reaching};

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn unreached(provider: &Provider) -> Unreached {
    match provider.begin(at(0)).await {
        Err(SignInError::Unreached(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let idp = Idp::start().await;
    idp.reply(DISCOVERY, Reply::Huge);

    let why = unreached(&idp.party()).await;

    assert!(matches!(why, Unreached::TooLong), "{why:?}");
}

#[tokio::test]
async fn huge_keys_and_tokens_are_not_read_either() {
    let idp = Idp::start().await;
    idp.reply("/token", Reply::Huge);
    let signed_in = idp.sign_in(&idp.party()).await;
    assert!(matches!(signed_in, Err(SignInError::Unreached(Unreached::TooLong))), "{signed_in:?}");

    let idp = Idp::start().await;
    idp.reply("/keys", Reply::Huge);
    let why = unreached(&idp.party()).await;
    assert!(matches!(why, Unreached::TooLong), "{why:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (idp, other) = (Idp::start().await, Idp::start().await);
    let there = format!("{}{DISCOVERY}", other.issuer());
    idp.reply(DISCOVERY, Reply::Redirect(there));

    let why = unreached(&idp.party()).await;

    assert!(matches!(why, Unreached::Redirected(302)), "{why:?}");
    let idp = Idp::start().await;
    idp.reply("/token", Reply::Redirect(format!("{}/token", other.issuer())));
    let signed_in = idp.sign_in(&idp.party()).await;
    assert!(
        matches!(signed_in, Err(SignInError::Unreached(Unreached::Redirected(302)))),
        "{signed_in:?}"
    );
    assert_eq!(other.asked(DISCOVERY) + other.asked("/token"), 0, "a redirect was followed");
}

#[tokio::test]
async fn whoever_hangs_is_given_up_in_time() {
    let idp = Idp::start().await;
    idp.reply(DISCOVERY, Reply::Hang);
    let hasty = reaching(&["127.0.0.1"], Duration::from_millis(300));

    let why = unreached(&Provider::new(idp.settings(), hasty).unwrap()).await;

    assert!(matches!(why, Unreached::Late(_)), "{why:?}");
}

#[tokio::test]
async fn a_provider_cannot_send_us_inside() {
    for (endpoint, address) in [
        ("jwks_uri", "http://169.254.169.254/latest/meta-data"),
        ("jwks_uri", "https://10.213.0.18/keys"),
        ("token_endpoint", "http://10.0.0.1/token"),
        ("token_endpoint", "file:///etc/passwd"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("jwks_uri", "https://[::ffff:169.254.169.254]/keys"),
    ] {
        let idp = Idp::start().await;
        let mut metadata = idp.metadata();
        metadata[endpoint] = json!(address);
        idp.reply(DISCOVERY, Reply::Json(metadata));

        let began = idp.party().begin(at(0)).await;

        assert!(
            matches!(
                began,
                Err(SignInError::Provider(_)
                    | SignInError::Unreached(
                        Unreached::Inside { .. } | Unreached::Plain(_) | Unreached::NotAnAddress
                    ))
            ),
            "{endpoint} {address}: {began:?}"
        );
    }
}

#[tokio::test]
async fn a_provider_is_who_it_says_it_is() {
    let idp = Idp::start().await;
    let mut metadata = idp.metadata();
    metadata["issuer"] = json!("https://evil.example");
    idp.reply(DISCOVERY, Reply::Json(metadata));

    let began = idp.party().begin(at(0)).await;

    let Err(SignInError::Provider(why)) = began else { panic!("{began:?}") };
    assert_eq!(why, "it calls itself by another issuer");
}

#[tokio::test]
async fn whoever_is_no_provider_is_told_apart() {
    for reply in [Reply::Status(500), Reply::Json(json!({})), Reply::Json(json!([1, 2]))] {
        let idp = Idp::start().await;
        idp.reply(DISCOVERY, reply.clone());

        let began = idp.party().begin(at(0)).await;

        assert!(matches!(began, Err(SignInError::Provider(_))), "{reply:?}: {began:?}");
    }
}
