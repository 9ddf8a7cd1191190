//! What is stored of a token.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};

/// SHA-256 of a token and of the word for its kind. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(crate) fn of(kind: &str, token: &str) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(b"berth ");
        context.update(kind.as_bytes());
        context.update(b"\0");
        context.update(token.as_bytes());
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.finish().as_ref());
        Self(bytes)
    }

    /// Takes what was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for TokenDigest {}

/// As hexadecimal digits, which is also how it is stored as text.
impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenDigest({self})")
    }
}

/// The text is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct InvalidDigest;

impl FromStr for TokenDigest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 64 || !text.as_bytes().iter().all(is_hex) {
            return Err(InvalidDigest);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = &text[2 * index..2 * index + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| InvalidDigest)?;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back() {
        let digest = TokenDigest::of("session", "abc");

        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(TokenDigest::from_bytes(*digest.as_bytes()), digest);
    }

    #[test]
    fn what_is_stored_today_is_found_tomorrow() {
        // SHA-256 of `berth session\0abc`: changing this signs everybody out.
        let digest = TokenDigest::of("session", "abc").to_string();

        assert_eq!(digest, "a7e383b9de2dbaa2011992b8c1dab2c4adc2057930f336b71a2a6b6cbffaec5e");
    }

    #[test]
    fn kinds_do_not_mix() {
        assert_ne!(TokenDigest::of("session", "abc"), TokenDigest::of("api", "abc"));
        assert_ne!(TokenDigest::of("session", "abc"), TokenDigest::of("session", "abd"));
    }

    #[test]
    fn other_texts_are_no_digests() {
        for text in [String::new(), "a".repeat(63), "A".repeat(64), "g".repeat(64), "é".repeat(32)]
        {
            assert_eq!(text.parse::<TokenDigest>(), Err(InvalidDigest), "{text}");
        }
    }
}
