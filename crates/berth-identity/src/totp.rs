//! Second factors: codes of an authenticator (RFC 6238), and recovery codes for when it is lost.
//!
//! # Invariants
//!
//! * A code is good once: who verifies it says which step was accepted last, and is told which is now.
//! * A code is good for the step that the clock shows, the one before and the one after.
//! * Codes are of SHA-1, six digits and thirty seconds, because authenticators silently ignore anything
//!   else that an address asks for.
//!
//! Deliberately absent: pictures of the address (the page that shows it draws them), and who has a
//! second factor. A [`TotpSecret`] is stored sealed, not hashed: it is needed again.

mod code;
mod recovery;

use std::fmt;

use berth_domain::EmailAddress;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use totp_rs::{Builder, Secret, Totp};

pub use code::{InvalidTotpCode, TotpCode, TotpStep, TotpVerdict};
pub use recovery::{RecoveryCode, Redeemed, draw_recovery_codes, redeem};

use crate::random::{self, NoRandomness};

/// What an authenticator and we both know: 160 bits, as RFC 4226 recommends.
pub struct TotpSecret(SecretBox<[u8; Self::BYTES]>);

/// How a person tells an authenticator about a secret. Shown until the first code is right.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// For the picture that is photographed: `otpauth://totp/...`.
    pub url: SecretString,
    /// For typing, in groups of four.
    pub key: SecretString,
}

/// The name of the installation cannot stand in an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("authenticators show a name of 1 to 100 characters without colons")]
pub struct InvalidIssuer;

impl TotpSecret {
    pub const BYTES: usize = 20;

    /// Makes a new one.
    pub fn draw() -> Result<Self, NoRandomness> {
        let bytes = random::bytes::<{ Self::BYTES }>()?;
        Ok(Self(SecretBox::new(Box::new(*bytes))))
    }

    /// Takes one that was sealed. `None`: it has another length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; Self::BYTES] = bytes.try_into().ok()?;
        Some(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The bytes to seal, and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8; Self::BYTES] {
        self.0.expose_secret()
    }

    /// What to show to its owner. The issuer is what an authenticator lists it under.
    pub fn enrolment(
        &self,
        issuer: &str,
        account: &EmailAddress,
    ) -> Result<Enrolment, InvalidIssuer> {
        let is_long = issuer.chars().count() > 100;
        if issuer.trim().is_empty() || is_long || issuer.chars().any(char::is_control) {
            return Err(InvalidIssuer);
        }
        let builder = builder(self).with_issuer(Some(issuer)).with_account_name(account.as_str());
        let totp = builder.build().map_err(|_| InvalidIssuer)?;
        let url = totp.to_url().map_err(|_| InvalidIssuer)?;
        let key = totp.secret().to_base32();
        let groups: Vec<&str> =
            (0..key.len()).step_by(4).map(|at| &key[at..key.len().min(at + 4)]).collect();
        Ok(Enrolment { url: url.into(), key: groups.join(" ").into() })
    }

    fn totp(&self) -> Totp {
        builder(self)
            .build()
            .expect("160 bits, six digits and thirty seconds are what the RFC wants")
    }
}

fn builder(secret: &TotpSecret) -> Builder {
    Builder::new().with_secret(Secret::new_stack(*secret.expose())).with_skew(1)
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the examples in RFC 6238.
    pub(super) fn of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn enrolled(issuer: &str) -> Result<Enrolment, InvalidIssuer> {
        of_the_rfc().enrolment(issuer, &"jo@example.com".parse().unwrap())
    }

    #[test]
    fn an_authenticator_is_told_everything_by_the_address() {
        let enrolment = enrolled("Berth & Söhne").unwrap();

        insta::assert_snapshot!(
            enrolment.url.expose_secret(),
            @"otpauth://totp/Berth%20%26%20S%C3%B6hne:jo%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Berth%20%26%20S%C3%B6hne"
        );
        let key = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ";
        assert_eq!(enrolment.key.expose_secret(), key);
    }

    #[test]
    fn names_that_would_mean_something_else_are_refused() {
        for issuer in ["", " ", "berth:8070", "a\nb", &"x".repeat(101)] {
            assert!(enrolled(issuer).is_err(), "{issuer}");
        }
    }

    #[test]
    fn a_secret_reads_back_and_has_one_length() {
        let secret = TotpSecret::draw().unwrap();

        let read = TotpSecret::from_bytes(secret.expose()).unwrap();

        assert_eq!(read.expose(), secret.expose());
        assert_ne!(TotpSecret::draw().unwrap().expose(), secret.expose());
        assert!(TotpSecret::from_bytes(b"too short").is_none());
        assert!(TotpSecret::from_bytes(&[0; 21]).is_none());
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let enrolment = format!("{:?}", enrolled("Berth").unwrap());

        assert_eq!(format!("{:?}", of_the_rfc()), "TotpSecret(..)");
        assert!(!enrolment.contains("otpauth") && !enrolment.contains("GEZD"), "{enrolment}");
    }
}
