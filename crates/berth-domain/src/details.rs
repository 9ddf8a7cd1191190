//! What people note about a tenant. Nothing of it changes what runs.
//!
//! # Invariants
//!
//! * Tags are sorted and named once, so that equal sets are equal values.

use std::fmt;
use std::str::FromStr;

use crate::Timestamp;
use crate::locale::checked_text;

checked_text!(
    /// A word by which tenants are found again: 1 to 40 characters of a-z, 0-9, `.`, `_`, `:` and `-`,
    /// beginning with a letter or digit.
    Tag,
    InvalidTag,
    "`{0}` is not a tag: 1 to 40 characters of a-z, 0-9, `.`, `_`, `:` and `-`, beginning with a letter or digit",
    |text| (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._:-".contains(&b))
);

checked_text!(
    /// Who answers for a tenant: a login or an e-mail address of a member of its organisation.
    Owner,
    InvalidOwner,
    "`{0}` is not an owner: 1 to 100 printable characters without spaces, such as a login or an e-mail address",
    |text| (1..=100).contains(&text.chars().count())
        && !text.starts_with('-')
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
);

checked_text!(
    /// Free text, of several lines if need be: at most 2000 characters.
    Notes,
    InvalidNotes,
    "notes have 1 to 2000 characters and no control characters but line ends and tabs",
    |text| (1..=2000).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
);

/// The tags of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// How many a tenant may have.
    pub const MOST: usize = 20;

    /// Sorts them and drops repetitions.
    #[must_use]
    pub fn new(mut tags: Vec<Tag>) -> Self {
        tags.sort();
        tags.dedup();
        Self(tags)
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Tag] {
        &self.0
    }
}

/// What people note about a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    pub notes: Option<Notes>,
    pub tags: Tags,
    /// `None`: nobody in particular.
    pub owner: Option<Owner>,
    /// When it is closed by itself. `None`: never.
    pub expires_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_sorted_and_named_once() {
        let tag = |text: &str| text.parse::<Tag>().unwrap();

        let tags = Tags::new(vec![tag("vip"), tag("eu"), tag("vip")]);

        assert_eq!(tags.as_slice(), [tag("eu"), tag("vip")]);
    }

    #[test]
    fn crooked_tags_owners_and_notes_are_refused() {
        for text in ["", "Vip", "-vip", "a b", "ü", &"a".repeat(41)] {
            assert!(text.parse::<Tag>().is_err(), "{text}");
        }
        for text in ["", "--help", "a b", "a\u{7}", &"a".repeat(101)] {
            assert!(text.parse::<Owner>().is_err(), "{text}");
        }
        for text in ["", " \n", "bell\u{7}", &"a".repeat(2001)] {
            assert!(text.parse::<Notes>().is_err(), "{text}");
        }
        assert!("pays late\n\tsee the contract".parse::<Notes>().is_ok());
    }
}
