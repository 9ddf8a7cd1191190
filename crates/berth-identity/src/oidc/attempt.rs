//! One attempt to sign in, from the moment somebody is sent away until they come back.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use berth_domain::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::random::{self, NoRandomness};
use crate::token::TokenDigest;

/// How long somebody may take at the provider, in seconds.
const LONGEST: i64 = 10 * 60;
/// How far clocks of ours may differ, in seconds.
const SKEW: i64 = 60;

/// Everything that has to be remembered of it. Whoever holds it can finish the attempt, so the caller
/// seals it into the browser that began it, and takes it out once.
#[derive(Clone)]
pub struct SignInAttempt {
    pub(super) issuer: String,
    state: SecretString,
    nonce: SecretString,
    verifier: SecretString,
    begun: Timestamp,
}

impl SignInAttempt {
    pub(super) fn begin(issuer: &str, now: Timestamp) -> Result<Self, NoRandomness> {
        Ok(Self {
            issuer: issuer.to_owned(),
            state: word()?,
            nonce: word()?,
            verifier: word()?,
            begun: now,
        })
    }

    pub(super) fn state(&self) -> &str {
        self.state.expose_secret()
    }

    pub(super) fn nonce(&self) -> &str {
        self.nonce.expose_secret()
    }

    pub(super) fn verifier(&self) -> &str {
        self.verifier.expose_secret()
    }

    /// Whether an answer with this state answers this attempt.
    pub(super) fn is_answered_by(&self, state: &str) -> bool {
        verify_slices_are_equal(self.state().as_bytes(), state.as_bytes()).is_ok()
    }

    /// Whether it has taken too long, or was begun in a future.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.begun).as_secs();
        !(-SKEW..=LONGEST).contains(&age)
    }

    /// What is stored of an attempt that is over, so that it is not ended twice.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of("sign-in", self.state())
    }

    /// When it is over whatever happens.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let longest = Duration::from_secs((LONGEST + 2 * SKEW).unsigned_abs());
        self.begun.checked_add(longest).unwrap_or(Timestamp::MAX)
    }

    /// The text to seal.
    #[must_use]
    pub fn to_sealable(&self) -> SecretString {
        let stored = Stored {
            version: Stored::VERSION,
            issuer: &self.issuer,
            state: self.state(),
            nonce: self.nonce(),
            verifier: self.verifier(),
            begun: self.begun.as_microsecond(),
        };
        // A struct of texts and numbers has no way to fail.
        serde_json::to_string(&stored).unwrap_or_default().into()
    }

    /// Takes what was sealed.
    pub fn from_sealable(text: &SecretString) -> Result<Self, DamagedAttempt> {
        let stored: Stored<'_> =
            serde_json::from_str(text.expose_secret()).map_err(|_| DamagedAttempt)?;
        let begun = Timestamp::from_microsecond(stored.begun).map_err(|_| DamagedAttempt)?;
        let words = [stored.state, stored.nonce, stored.verifier];
        if stored.version != Stored::VERSION || words.iter().any(|word| word.len() != WORD) {
            return Err(DamagedAttempt);
        }
        Ok(Self {
            issuer: stored.issuer.to_owned(),
            state: stored.state.into(),
            nonce: stored.nonce.into(),
            verifier: stored.verifier.into(),
            begun,
        })
    }
}

impl fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAttempt")
            .field("issuer", &self.issuer)
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}

/// What was sealed is not an attempt of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a sign-in that this version of Berth began")]
pub struct DamagedAttempt;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<'a> {
    version: u32,
    issuer: &'a str,
    state: &'a str,
    nonce: &'a str,
    verifier: &'a str,
    begun: i64,
}

impl Stored<'_> {
    const VERSION: u32 = 1;
}

/// 32 bytes as base64, which is also what RFC 7636 wants of a verifier.
const WORD: usize = 43;

fn word() -> Result<SecretString, NoRandomness> {
    let bytes = random::bytes::<32>()?;
    Ok(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn attempt() -> SignInAttempt {
        SignInAttempt::begin("https://login.example.com", at(0)).unwrap()
    }

    #[test]
    fn it_reads_back_as_it_was_sealed() {
        let attempt = attempt();

        let read = SignInAttempt::from_sealable(&attempt.to_sealable()).unwrap();

        assert_eq!(read.to_sealable().expose_secret(), attempt.to_sealable().expose_secret());
        assert!(read.is_answered_by(attempt.state()));
    }

    #[test]
    fn attempts_of_yesterday_read_tomorrow() {
        let word = "A".repeat(43);
        let mut attempt = attempt();
        for secret in [&mut attempt.state, &mut attempt.nonce, &mut attempt.verifier] {
            *secret = word.as_str().into();
        }

        let sealed = attempt.to_sealable().expose_secret().replace(&word, "..");

        let stored = r#"{"version":1,"issuer":"https://login.example.com","state":"..","nonce":"..","verifier":"..","begun":1800000000000000}"#;
        assert_eq!(sealed, stored);
    }

    #[test]
    fn it_is_over_after_ten_minutes() {
        let over = [-61, -60, 0, 600, 601].map(|seconds| attempt().is_over(at(seconds)));

        assert_eq!(over, [true, false, false, false, true]);
    }

    #[test]
    fn another_state_answers_another_attempt() {
        let attempt = attempt();

        assert!(!attempt.is_answered_by(super::tests::attempt().state()));
        assert!(!attempt.is_answered_by(""));
        assert!(!attempt.is_answered_by(&attempt.state()[..42]));
    }

    #[test]
    fn nothing_in_it_is_the_same_twice() {
        let (one, other) = (attempt(), attempt());

        assert_ne!(one.state(), other.state());
        assert_ne!(one.nonce(), other.nonce());
        assert_ne!(one.verifier(), other.verifier());
        assert_ne!(one.state(), one.nonce());
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let sealed = attempt().to_sealable().expose_secret().to_owned();

        for text in [
            String::new(),
            "{}".to_owned(),
            sealed.replace("\"version\":1", "\"version\":2"),
            sealed.replace("\"version\"", "\"more\":1,\"version\""),
            sealed.replace(attempt().state(), "x").replace("\"state\":\"", "\"state\":\"x"),
        ] {
            assert!(SignInAttempt::from_sealable(&text.as_str().into()).is_err(), "{text}");
        }
    }

    #[test]
    fn its_secrets_are_not_shown() {
        let shown = format!("{:?}", attempt());

        assert!(
            shown.starts_with("SignInAttempt { issuer: \"https://login.example.com\""),
            "{shown}"
        );
        assert!(shown.ends_with(".. }") && shown.len() < 120, "{shown}");
    }
}
