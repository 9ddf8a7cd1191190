//! What providers of identities say, and what browsers bring back from them.

use std::sync::LazyLock;

use berth_domain::Timestamp;
use berth_identity::oidc::{Callback, ProviderSettings, Reading, SignInAttempt};
use berth_outbound::{Outbound, Policy};

const ISSUER: &str = "https://login.example.com";
/// As it stands in the token of the corpus. Whoever else says it has the provider's key.
const NONCE: &str = "n-0S6_WzA2Mj";
const SUBJECT: &str = "42";
/// Of the key that signed that token, whose other half nobody has any more.
const KEYS: &[u8] = include_bytes!("sign_in/keys.json");

static READING: LazyLock<Reading> = LazyLock::new(|| {
    let settings = ProviderSettings {
        issuer: ISSUER.to_owned(),
        client_id: "berth".to_owned(),
        client_secret: None,
        redirect: "https://console.example.com/back".to_owned(),
        scopes: Vec::new(),
        groups_claim: Some("groups".to_owned()),
    };
    let outbound = Outbound::new(Policy::public("allow_private")).expect("TLS can be set up");
    Reading::new(settings, outbound).expect("the settings are valid")
});

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time")
}

pub(crate) fn callback(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    // It stands beside the callback, in the browser's cookie.
    if let Ok(attempt) = SignInAttempt::from_sealable(&text.into()) {
        let again = SignInAttempt::from_sealable(&attempt.to_sealable());
        assert!(again.is_ok(), "an attempt is read again");
        return true;
    }
    Callback::from_query(text).is_ok()
}

pub(crate) fn discovery(bytes: &[u8]) -> bool {
    READING.discovery(bytes, now())
}

pub(crate) fn tokens(bytes: &[u8]) -> bool {
    Reading::tokens(bytes)
}

/// Whatever is changed of a token that is signed, nobody else is let in by it.
pub(crate) fn id_token(bytes: &[u8]) -> bool {
    let Some(text) = crate::text(bytes) else { return false };
    match READING.id_token(KEYS, text.trim_end(), NONCE, now()) {
        Some(Ok(person)) => {
            assert_eq!((person.issuer.as_str(), person.subject.as_str()), (ISSUER, SUBJECT));
            true
        }
        Some(Err(_)) | None => false,
    }
}
