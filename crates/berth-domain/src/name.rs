//! The name a tenant is known by.

use std::fmt;
use std::str::FromStr;

/// A tenant's name: unique per installation, and the first label of its default host name.
///
/// 3 to 40 characters of `a-z`, `0-9` and `-`, starting with a letter, ending with a letter or a
/// digit, without `--` (which marks internationalised labels, RFC 5891 section 4.2.3.1), and none of
/// the reserved words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(String);

/// Words that a person would take for a part of Berth or of its host.
const RESERVED: [&str; 25] = [
    "admin",
    "api",
    "app",
    "berth",
    "blog",
    "cluster",
    "console",
    "dev",
    "docs",
    "edge",
    "ftp",
    "host",
    "localhost",
    "login",
    "mail",
    "metrics",
    "new",
    "postgres",
    "root",
    "smtp",
    "static",
    "status",
    "system",
    "test",
    "www",
];

impl TenantName {
    pub const MIN_LEN: usize = 3;
    pub const MAX_LEN: usize = 40;

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be a tenant's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("a tenant name cannot be empty")]
    Empty,
    #[error("a tenant name has at least {} characters, this one has {len}", TenantName::MIN_LEN)]
    TooShort { len: usize },
    #[error("a tenant name has at most {} characters, this one has {len}", TenantName::MAX_LEN)]
    TooLong { len: usize },
    #[error("`{}` at position {at} is not allowed in a tenant name: use a-z, 0-9 and -", shown(*ch))]
    BadCharacter { ch: char, at: usize },
    #[error("a tenant name starts with a letter")]
    BadStart,
    #[error("a tenant name ends with a letter or a digit")]
    BadEnd,
    #[error("a tenant name cannot contain `--`")]
    DoubleHyphen,
    #[error("`{0}` is a reserved word")]
    Reserved(String),
}

/// The character as a person can recognise it: what does not show is written out.
fn shown(ch: char) -> String {
    if ch.is_ascii_graphic() || ch.is_alphanumeric() {
        ch.to_string()
    } else {
        ch.escape_default().to_string()
    }
}

impl FromStr for TenantName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let len = text.chars().count();
        if len == 0 {
            return Err(InvalidName::Empty);
        }
        if len > Self::MAX_LEN {
            return Err(InvalidName::TooLong { len });
        }
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
        if let Some((at, ch)) = text.chars().enumerate().find(|(_, ch)| !allowed(*ch)) {
            return Err(InvalidName::BadCharacter { ch, at: at + 1 });
        }
        if len < Self::MIN_LEN {
            return Err(InvalidName::TooShort { len });
        }
        if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Err(InvalidName::BadStart);
        }
        if text.ends_with('-') {
            return Err(InvalidName::BadEnd);
        }
        if text.contains("--") {
            return Err(InvalidName::DoubleHyphen);
        }
        if RESERVED.contains(&text) {
            return Err(InvalidName::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_refusal_says_what_is_wrong() {
        let refusals = [
            ("", "a tenant name cannot be empty"),
            ("ab", "a tenant name has at least 3 characters, this one has 2"),
            ("1acme", "a tenant name starts with a letter"),
            ("acme-", "a tenant name ends with a letter or a digit"),
            ("ac--me", "a tenant name cannot contain `--`"),
            ("Acme", "`A` at position 1 is not allowed in a tenant name: use a-z, 0-9 and -"),
            ("ac\nme", "`\\n` at position 3 is not allowed in a tenant name: use a-z, 0-9 and -"),
            ("ac'me", "`'` at position 3 is not allowed in a tenant name: use a-z, 0-9 and -"),
            ("acmü", "`ü` at position 4 is not allowed in a tenant name: use a-z, 0-9 and -"),
            (
                "ac\u{202e}me",
                "`\\u{202e}` at position 3 is not allowed in a tenant name: use a-z, 0-9 and -",
            ),
            ("www", "`www` is a reserved word"),
        ];
        for (text, message) in refusals {
            assert_eq!(text.parse::<TenantName>().map_err(|e| e.to_string()), Err(message.into()));
        }
    }

    #[test]
    fn ordinary_names_are_taken() {
        for text in ["acme", "acme-2", "a1b", &"a".repeat(40)] {
            assert_eq!(text.parse::<TenantName>().map(|n| n.to_string()), Ok(text.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn every_accepted_name_is_a_dns_label(text in "[a-z0-9-]{0,45}") {
            if let Ok(name) = text.parse::<TenantName>() {
                let name = name.as_str();
                prop_assert!((3..=40).contains(&name.len()));
                prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!(!name.starts_with('-') && !name.ends_with('-') && !name.contains("--"));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let _ = text.parse::<TenantName>();
        }
    }
}
