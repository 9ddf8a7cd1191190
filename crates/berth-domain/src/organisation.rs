//! Organisations: who owns tenants.
//!
//! # Invariants
//!
//! * A name is an address: it stands in paths, in the names of service accounts and in the audit, so an
//!   organisation keeps the one it was made with. A title is for people, and changes freely.

use std::fmt;
use std::str::FromStr;

use crate::locale::checked_text;
use crate::{OrganisationId, Timestamp};

/// Who owns tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: OrganisationId,
    pub name: OrganisationName,
    /// What people call it. `None`: by its name.
    pub title: Option<OrganisationTitle>,
    pub created_at: Timestamp,
}

/// An organisation's name: 3 to 40 characters of `a-z`, `0-9` and `-`, starting with a letter, ending
/// with a letter or a digit, without `--`, and none of the reserved words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationName(String);

/// Words that a person would take for something else than one organisation of many.
const RESERVED: [&str; 12] = [
    "admin",
    "all",
    "any",
    "api",
    "berth",
    "everybody",
    "installation",
    "new",
    "none",
    "operator",
    "root",
    "system",
];

impl OrganisationName {
    pub const MIN_LEN: usize = 3;
    pub const MAX_LEN: usize = 40;
    /// The one that every installation begins with and keeps.
    pub const FIRST: &str = "default";

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the one that every installation has.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.0 == Self::FIRST
    }
}

impl fmt::Display for OrganisationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be an organisation's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrganisationName {
    #[error(
        "an organisation's name has {} to {} characters, this one has {len}",
        OrganisationName::MIN_LEN,
        OrganisationName::MAX_LEN
    )]
    Length { len: usize },
    #[error("`{}` at position {at} is not allowed in an organisation's name: use a-z, 0-9 and -", ch.escape_default())]
    BadCharacter { ch: char, at: usize },
    #[error(
        "an organisation's name starts with a letter and ends with a letter or a digit, without `--`"
    )]
    BadShape,
    #[error("`{0}` is a reserved word")]
    Reserved(String),
}

impl FromStr for OrganisationName {
    type Err = InvalidOrganisationName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let len = text.chars().count();
        if !(1..=Self::MAX_LEN).contains(&len) {
            return Err(InvalidOrganisationName::Length { len });
        }
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
        if let Some((at, ch)) = text.chars().enumerate().find(|(_, ch)| !allowed(*ch)) {
            return Err(InvalidOrganisationName::BadCharacter { ch, at: at + 1 });
        }
        if len < Self::MIN_LEN {
            return Err(InvalidOrganisationName::Length { len });
        }
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        if !starts_well || text.ends_with('-') || text.contains("--") {
            return Err(InvalidOrganisationName::BadShape);
        }
        if RESERVED.contains(&text) {
            return Err(InvalidOrganisationName::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

checked_text!(
    /// What people call an organisation: 1 to 100 characters on one line.
    OrganisationTitle,
    InvalidTitle,
    "`{0}` is not a title: 1 to 100 characters on one line, none of them invisible",
    |text| (1..=100).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || turns_or_hides(c))
);

/// Whether a character shows nothing itself, or has others shown in another order: with those, one title
/// is made to look like another.
const fn turns_or_hides(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_refusal_of_a_name_says_what_is_wrong() {
        let allowed = "is not allowed in an organisation's name: use a-z, 0-9 and -";
        let shape = "an organisation's name starts with a letter and ends with a letter or a digit, without `--`";
        let refusals = [
            ("", "an organisation's name has 3 to 40 characters, this one has 0".to_owned()),
            ("ab", "an organisation's name has 3 to 40 characters, this one has 2".to_owned()),
            (
                &"a".repeat(41),
                "an organisation's name has 3 to 40 characters, this one has 41".to_owned(),
            ),
            ("1st", shape.to_owned()),
            ("acme-", shape.to_owned()),
            ("ac--me", shape.to_owned()),
            ("Acme", format!("`A` at position 1 {allowed}")),
            ("..", format!("`.` at position 1 {allowed}")),
            ("a/../b", format!("`/` at position 2 {allowed}")),
            ("acme@x", format!("`@` at position 5 {allowed}")),
            ("ac\nme", format!("`\\n` at position 3 {allowed}")),
            ("ac'me", format!("`\\'` at position 3 {allowed}")),
            ("ac\u{202e}me", format!("`\\u{{202e}}` at position 3 {allowed}")),
            ("installation", "`installation` is a reserved word".to_owned()),
        ];
        for (text, message) in refusals {
            let refused = text.parse::<OrganisationName>().map_err(|error| error.to_string());
            assert_eq!(refused, Err(message));
        }
    }

    #[test]
    fn ordinary_names_are_taken_and_so_is_the_first_one() {
        for text in ["acme", "acme-2", "a1b", OrganisationName::FIRST, &"a".repeat(40)] {
            let name: OrganisationName = text.parse().unwrap();
            assert_eq!(name.as_str(), text);
            assert_eq!(name.is_first(), text == "default");
        }
    }

    #[test]
    fn a_title_is_one_line_that_looks_like_what_it_is() {
        for text in ["Acme Ltd", "Ünïcode & Söhne", "日本", "O'Brien <b>", &"x".repeat(100)] {
            assert_eq!(text.parse::<OrganisationTitle>().unwrap().as_str(), text);
        }
        for text in [
            "",
            " ",
            " Acme",
            "Acme\n",
            "A\u{1b}[31m",
            "Ac\u{202e}me",
            "Ac\u{200b}me",
            "Ac\u{2066}me",
            &"x".repeat(101),
        ] {
            assert!(text.parse::<OrganisationTitle>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_stands_for_itself_in_a_path(text in "[a-z0-9-]{0,45}") {
            if let Ok(name) = text.parse::<OrganisationName>() {
                let name = name.as_str();
                prop_assert!((3..=40).contains(&name.len()));
                prop_assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            }
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text in "\\PC{0,60}") {
            let _ = text.parse::<OrganisationName>();
            let _ = text.parse::<OrganisationTitle>();
        }
    }
}
