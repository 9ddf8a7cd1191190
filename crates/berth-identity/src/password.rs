//! Passwords: what was typed, what may be chosen, what is stored.
//!
//! # Invariants
//!
//! * A [`NewPassword`] passed the policy; only such a one can be hashed.
//! * A [`PasswordHash`] is argon2id with parameters that we are willing to pay for: a row that was
//!   tampered with cannot ask for all memory of the host.
//! * Checking somebody who does not exist costs what checking somebody does.
//! * A hash takes a tenth of a second and 19 MiB, so [`PasswordDesk`] bounds how many are made at once.
//!
//! Deliberately absent: rules for digits and signs, expiry, hints. NIST SP 800-63B, section 3.1.1.2,
//! says why.

mod commonest;
mod desk;
mod hash;
mod policy;

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

pub use desk::{AtOnce, NotJudged, PasswordDesk};
pub use hash::{HashingFailed, InvalidHash, PasswordHash, Verdict, hash, verify};
pub use policy::{NewPassword, Person, Weakness};

/// What somebody typed as a password.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// Longest, in bytes: more would only be work for us.
    pub const LONGEST: usize = 1024;

    /// Takes what was typed.
    pub fn typed(text: SecretString) -> Result<Self, InvalidPassword> {
        match text.expose_secret().len() {
            0 => Err(InvalidPassword::Empty),
            1..=Self::LONGEST => Ok(Self(text)),
            _ => Err(InvalidPassword::TooLong),
        }
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The text cannot be anybody's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    #[error("type a password")]
    Empty,
    #[error("a password has at most {} bytes", Password::LONGEST)]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_too_much_are_no_passwords() {
        let typed = |text: String| Password::typed(text.into()).map(drop);

        assert_eq!(typed(String::new()), Err(InvalidPassword::Empty));
        assert_eq!(typed("x".repeat(1024)), Ok(()));
        assert_eq!(typed("x".repeat(1025)), Err(InvalidPassword::TooLong));
    }

    #[test]
    fn a_password_is_not_shown() {
        let password = Password::typed("correct horse battery".to_owned().into()).unwrap();

        assert_eq!(format!("{password:?}"), "Password(..)");
    }
}
