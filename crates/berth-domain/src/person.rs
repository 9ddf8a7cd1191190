//! People who have an account.
//!
//! # Invariants
//!
//! * An account is of the installation; what somebody is in an organisation is a membership.
//! * An e-mail address is one account, however its letters are written ([`address`]).
//! * What a person proves themselves with is no part of these types.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::access::{Grants, Post, Role};
use crate::locale::checked_text;
use crate::{Actor, EmailAddress, InvitationId, OrganisationId, PersonId, SessionId, Timestamp};

checked_text!(
    /// What a person is called: 1 to 100 characters on one line.
    PersonName,
    InvalidPersonName,
    "`{0}` is not a name: 1 to 100 characters on one line",
    |text| (1..=100).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(char::is_control)
);

/// Somebody who has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub email: EmailAddress,
    pub name: PersonName,
    /// Whether they run the installation.
    pub is_operator: bool,
    /// Since when they may not sign in. `None`: they may.
    pub disabled_at: Option<Timestamp>,
    /// Since when an authenticator is asked for. `None`: it is not.
    pub second_factor_since: Option<Timestamp>,
    pub created_at: Timestamp,
    /// `None`: never.
    pub signed_in_at: Option<Timestamp>,
}

/// One sign-in that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    pub created_at: Timestamp,
    /// To within a minute or so.
    pub seen_at: Timestamp,
    /// Where they signed in from, as far as that is known.
    pub address: Option<String>,
    /// What their browser calls itself.
    pub user_agent: Option<String>,
    /// When it is over unless it is used.
    pub idle_at: Timestamp,
    /// When it is over however much it is used.
    pub ends_at: Timestamp,
}

/// An invitation that nobody accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: EmailAddress,
    pub offer: Offer,
    pub created_at: Timestamp,
    pub created_by: Actor,
    pub expires_at: Timestamp,
}

/// What whoever types the code of an invitation gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    Post(Post),
    /// A new password for the account that there is.
    Password,
}

impl Person {
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Person { email: self.email.clone() }
    }

    /// What they may do. `None`: nothing, the account is disabled.
    #[must_use]
    pub fn grants(&self, memberships: BTreeMap<OrganisationId, Role>) -> Option<Grants> {
        match (self.disabled_at, self.is_operator) {
            (Some(_), _) => None,
            (None, true) => Some(Grants::Operator),
            (None, false) => Some(Grants::Memberships(memberships)),
        }
    }
}

impl Session {
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.idle_at <= now || self.ends_at <= now
    }
}

impl Offer {
    /// The organisation that it is about.
    #[must_use]
    pub const fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Post(Post::In(organisation, _)) => Some(organisation),
            Self::Post(Post::Operator) | Self::Password => None,
        }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post(Post::Operator) => "operator",
            Self::Post(Post::In(_, role)) => role.as_str(),
            Self::Password => "password",
        }
    }
}

/// Reads an e-mail address as accounts have it: in lower case, so that one address is one account.
pub fn address(text: &str) -> Result<EmailAddress, crate::login::InvalidEmail> {
    text.trim().to_lowercase().parse()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn person() -> Person {
        Person {
            id: PersonId::from_uuid(Uuid::from_u128(1)),
            email: "jo@example.com".parse().unwrap(),
            name: "Jo Silva".parse().unwrap(),
            is_operator: false,
            disabled_at: None,
            second_factor_since: None,
            created_at: Timestamp::UNIX_EPOCH,
            signed_in_at: None,
        }
    }

    #[test]
    fn one_address_is_one_account_however_it_is_written() {
        assert_eq!(address(" Jo@Example.COM ").unwrap().as_str(), "jo@example.com");
        for text in ["", "jo", "jo@", "@example.com", "jo@example.com\nx", "jo@exa mple.com"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whoever_is_disabled_may_nothing_whatever_they_were() {
        let organisation = OrganisationId::from_uuid(Uuid::from_u128(2));
        let of = BTreeMap::from([(organisation, Role::Admin)]);
        let disabled = Person { disabled_at: Some(Timestamp::UNIX_EPOCH), ..person() };
        let operator = Person { is_operator: true, ..person() };

        assert_eq!(person().grants(of.clone()), Some(Grants::Memberships(of.clone())));
        assert_eq!(operator.grants(of.clone()), Some(Grants::Operator));
        assert_eq!(disabled.grants(of.clone()), None);
        assert_eq!(Person { is_operator: true, ..disabled }.grants(of), None);
    }

    #[test]
    fn names_are_on_one_line() {
        for text in ["", " ", " Jo", "Jo\u{1b}[2J", "Jo\nSilva", &"x".repeat(101)] {
            assert!(text.parse::<PersonName>().is_err(), "{text}");
        }
        assert!("Zoë O’Neill-Ünal".parse::<PersonName>().is_ok());
    }
}
