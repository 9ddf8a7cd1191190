//! The secret that a browser holds while somebody is signed in.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::TokenDigest;
use crate::random::{self, NoRandomness};

const BYTES: usize = 32;
const CHARACTERS: usize = 43;

/// 256 random bits, as 43 characters of base64 that need no quoting in a cookie.
#[derive(Clone)]
pub struct SessionToken(SecretString);

impl SessionToken {
    /// Makes a new one.
    pub fn draw() -> Result<Self, NoRandomness> {
        let bytes = random::bytes::<BYTES>()?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes.as_slice()).into()))
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of("session", self.0.expose_secret())
    }

    /// The text for the cookie, and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(..)")
    }
}

/// The text is no token of a session. It is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the token of a session")]
pub struct InvalidSessionToken;

impl FromStr for SessionToken {
    type Err = InvalidSessionToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != CHARACTERS {
            return Err(InvalidSessionToken);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSessionToken)?;
        if Zeroizing::new(bytes).len() != BYTES {
            return Err(InvalidSessionToken);
        }
        Ok(Self(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_as_the_same() {
        let token = SessionToken::draw().unwrap();

        let read: SessionToken = token.expose().parse().unwrap();

        assert_eq!(read.digest(), token.digest());
        assert_eq!(token.expose().len(), CHARACTERS);
    }

    #[test]
    fn two_differ() {
        let digest = || SessionToken::draw().unwrap().digest();

        assert_ne!(digest(), digest());
    }

    #[test]
    fn what_is_none_is_refused_before_the_store_is_asked() {
        let mut others = vec![String::new(), "a".repeat(42), "a".repeat(44), "é".repeat(21) + "a"];
        others.push("+".repeat(43));
        // The last two bits of the last character mean nothing; only zero is canonical.
        others.push("A".repeat(42) + "B");

        for text in others {
            assert!(text.parse::<SessionToken>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_is_not_shown() {
        assert_eq!(format!("{:?}", SessionToken::draw().unwrap()), "SessionToken(..)");
    }
}
