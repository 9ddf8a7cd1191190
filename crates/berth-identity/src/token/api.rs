//! The secret that a program holds.
//!
//! `berth_`, 52 symbols that are drawn and 6 that are computed of them. The prefix and the checksum
//! are for programs that look for secrets in text: `berth_[0-9a-hjkmnp-tv-z]{58}` finds one, and the
//! checksum tells whether it is one.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::TokenDigest;
use crate::crockford;
use crate::random::NoRandomness;

const PREFIX: &str = "berth_";
/// 260 bits.
const DRAWN: usize = 52;
const CHECKSUM: usize = 6;
const LENGTH: usize = PREFIX.len() + DRAWN + CHECKSUM;

/// A token of the API: shown once, stored as a digest.
#[derive(Clone)]
pub struct ApiToken(SecretString);

impl ApiToken {
    /// Makes a new one.
    pub fn draw() -> Result<Self, NoRandomness> {
        let values = Zeroizing::new(crockford::draw_values(DRAWN)?);
        let drawn =
            Zeroizing::new(crockford::text_of(&values).expose_secret().to_ascii_lowercase());
        Ok(Self(format!("{PREFIX}{}{}", *drawn, checksum(&drawn)).into()))
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of("api", self.0.expose_secret())
    }

    /// Its last four characters, by which people know it in a list. They come of the checksum, and
    /// say next to nothing about the secret.
    #[must_use]
    pub fn ending(&self) -> &str {
        let text = self.0.expose_secret();
        &text[text.len() - 4..]
    }

    /// The whole text, for the one time that it is shown.
    #[must_use]
    pub fn shown_once(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiToken({PREFIX}..{})", self.ending())
    }
}

/// The text is not one of our tokens. It is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidApiToken {
    #[error("this is not a token of Berth: they begin with `{}`", PREFIX)]
    Foreign,
    #[error("the token has {} characters, this one has {found}: was it copied whole?", LENGTH)]
    Length { found: usize },
    #[error("the token has a character that is in none: was something copied with it?")]
    Character,
    #[error("the token is damaged: its checksum does not match")]
    Checksum,
}

impl FromStr for ApiToken {
    type Err = InvalidApiToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(PREFIX).ok_or(InvalidApiToken::Foreign)?;
        if rest.len() != DRAWN + CHECKSUM {
            return Err(InvalidApiToken::Length { found: text.chars().count() });
        }
        let is_symbol = |byte: u8| {
            matches!(byte, b'0'..=b'9' | b'a'..=b'z') && !matches!(byte, b'i' | b'l' | b'o' | b'u')
        };
        if !rest.bytes().all(is_symbol) {
            return Err(InvalidApiToken::Character);
        }
        let (drawn, theirs) = rest.split_at(DRAWN);
        verify_slices_are_equal(checksum(drawn).as_bytes(), theirs.as_bytes())
            .map_err(|_| InvalidApiToken::Checksum)?;
        Ok(Self(text.into()))
    }
}

/// The first 30 bits of SHA-256.
fn checksum(drawn: &str) -> String {
    let digest = TokenDigest::of("api checksum", drawn);
    let values: Vec<u8> = digest.as_bytes()[..CHECKSUM].iter().map(|byte| byte & 31).collect();
    crockford::text_of(&values).expose_secret().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> InvalidApiToken {
        text.parse::<ApiToken>().map(drop).unwrap_err()
    }

    #[test]
    fn it_reads_back_as_the_same() {
        let token = ApiToken::draw().unwrap();

        let read: ApiToken = token.shown_once().parse().unwrap();

        assert_eq!(read.digest(), token.digest());
        assert_eq!(token.shown_once().len(), 64);
        assert!(token.shown_once().starts_with("berth_"));
    }

    #[test]
    fn two_differ() {
        let digest = || ApiToken::draw().unwrap().digest();

        assert_ne!(digest(), digest());
    }

    #[test]
    fn tokens_of_yesterday_read_tomorrow() {
        let drawn = "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk";

        let token = format!("berth_{drawn}{}", checksum(drawn));

        assert_eq!(token, "berth_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjkbg123k");
        assert!(token.parse::<ApiToken>().is_ok());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let token = ApiToken::draw().unwrap().shown_once().to_owned();
        let last = if token.ends_with('0') { "1" } else { "0" };

        assert_eq!(error(""), InvalidApiToken::Foreign);
        assert_eq!(error("ghp_0123456789"), InvalidApiToken::Foreign);
        assert_eq!(error(&token[..63]), InvalidApiToken::Length { found: 63 });
        assert_eq!(error(&format!("{token} ")), InvalidApiToken::Length { found: 65 });
        assert_eq!(error(&format!("{}\n", &token[..63])), InvalidApiToken::Character);
        assert_eq!(error(&format!("berth_{}", "u".repeat(58))), InvalidApiToken::Character);
        assert_eq!(error(&format!("berth_{}", "é".repeat(29))), InvalidApiToken::Character);
        assert_eq!(error(&token.to_uppercase()), InvalidApiToken::Foreign);
        assert_eq!(error(&format!("{}{last}", &token[..63])), InvalidApiToken::Checksum);
        insta::assert_snapshot!(
            error("berth_abc"),
            @"the token has 64 characters, this one has 9: was it copied whole?"
        );
    }

    #[test]
    fn of_the_secret_only_its_ending_is_shown() {
        let token = ApiToken::draw().unwrap();

        let shown = format!("{token:?}");

        assert_eq!(shown, format!("ApiToken(berth_..{})", token.ending()));
        assert_eq!(token.ending().len(), 4);
    }
}
