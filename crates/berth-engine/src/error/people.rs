//! How a use case about people can fail.

use std::time::Duration;

use berth_domain::access::{NotToAppoint, NotToGive};

use super::Kind;

/// A refused use case about people, their accounts and what proves who they are.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Whoever signs in is not told which of the three it was, nor whether there is such an account.
    #[error("the e-mail address, the password or the code is not right")]
    NotLetIn,

    /// The password is right.
    #[error("the account has a second factor: its code is missing")]
    SecondFactor,

    #[error("too many attempts: try again in {} s", .0.as_millis().div_ceil(1000).max(1))]
    Wait(Duration),

    #[error("the code is not good: it was used, it was revoked, or its time is over")]
    BadCode,

    #[error("this installation is claimed already")]
    Claimed,

    #[error("only whoever is on the host may do this")]
    LocalOnly,

    #[error(
        "there is an account for this address already: sign in, and accept the invitation then"
    )]
    SignInFirst,

    #[error("{0}")]
    NotToAppoint(NotToAppoint),

    /// Somebody wants to give what they may not.
    #[error("{0}")]
    NotToGive(NotToGive),

    /// Nobody would be left who may do what they may.
    #[error("`{person}` is the last {what} who may sign in")]
    LastOne { person: String, what: &'static str },

    #[error("`{person}` is {what} already")]
    IsAlready { person: String, what: String },

    #[error("`{person}` has no second factor, and {what}")]
    NoFactor { person: String, what: &'static str },

    #[error("nobody here is called `{0}`")]
    NoSuchPerson(String),

    #[error("there is no invitation `{0}`")]
    NoSuchInvitation(String),

    #[error("there is no session `{0}`")]
    NoSuchSession(String),
}

impl PeopleError {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::NoSuchPerson(_) | Self::NoSuchInvitation(_) | Self::NoSuchSession(_) => {
                Kind::NotFound
            }
            Self::NotLetIn | Self::BadCode => Kind::Stranger,
            Self::SecondFactor => Kind::HalfKnown,
            Self::Wait(_) => Kind::TooMany,
            Self::NotToGive(_) | Self::NotToAppoint(_) | Self::LocalOnly => Kind::Forbidden,
            Self::Claimed
            | Self::SignInFirst
            | Self::LastOne { .. }
            | Self::IsAlready { .. }
            | Self::NoFactor { .. } => Kind::Conflict,
        }
    }

    /// What can be done about it, if anything.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::BadCode => Some("ask whoever gave it to you for another one".to_owned()),
            Self::Claimed => Some("sign in, or ask an operator to invite you".to_owned()),
            Self::LocalOnly => Some("run `berth` on the host, without a token".to_owned()),
            Self::LastOne { what, .. } => Some(format!("invite another {what} first")),
            Self::NoSuchPerson(_) => Some("list them with `berth person list`".to_owned()),
            Self::NotLetIn
            | Self::SecondFactor
            | Self::Wait(_)
            | Self::SignInFirst
            | Self::NotToAppoint(_)
            | Self::NotToGive(_)
            | Self::IsAlready { .. }
            | Self::NoFactor { .. }
            | Self::NoSuchInvitation(_)
            | Self::NoSuchSession(_) => None,
        }
    }
}
