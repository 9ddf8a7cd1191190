//! Why somebody who comes from a foreign provider is not let in.

use berth_identity::oidc::{InvalidCallback, SignInError};

use super::Kind;

/// Why a sign-in at a provider, or a link with one, came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    #[error("no provider of sign-ins is called `{0}`")]
    NoSuchProvider(String),

    /// There is no cookie, or none of ours for this provider.
    #[error("this browser began no sign-in at {0}, or it took too long")]
    NotBegun(String),

    /// What the browser brought back.
    #[error("{0}")]
    Crooked(InvalidCallback),

    /// The provider or its token says no, or it is not the answer to what was begun.
    #[error("{0}")]
    TurnedAway(SignInError),

    /// Why stands in the log: whoever asks need not know how the provider is reached.
    #[error("{0} does not answer as a provider does")]
    Away(String),

    #[error("{0} says no e-mail address, and an account here has one")]
    NoAddress(String),

    /// One answer for all reasons: whether there is an account is nobody's business.
    #[error("{0} says who you are, and nobody has let you in here")]
    NotWelcome(String),

    #[error("who you are at {0} is linked with another account")]
    LinkedElsewhere(String),

    #[error("the session in which this was begun is over")]
    SessionOver,

    #[error("your account has no password, and this takes it")]
    NoPassword,

    #[error("`{person}` is not linked with `{provider}`")]
    NotLinked { person: String, provider: String },
}

impl ForeignError {
    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::NoSuchProvider(_) | Self::NotLinked { .. } => Kind::NotFound,
            Self::NotBegun(_) | Self::TurnedAway(_) | Self::SessionOver => Kind::Stranger,
            Self::Crooked(_) => Kind::Unreadable,
            Self::Away(_) => Kind::Unavailable,
            Self::NoAddress(_) | Self::NotWelcome(_) => Kind::Forbidden,
            Self::LinkedElsewhere(_) | Self::NoPassword => Kind::Conflict,
        }
    }

    pub(super) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoSuchProvider(_) => "`/api/v1/sign-in/providers` lists what there is".to_owned(),
            Self::NotBegun(_) => {
                "begin again, in one window, at the address that `console.public_url` names"
                    .to_owned()
            }
            Self::Away(_) => "try again in a moment; Berth's log says what is wrong".to_owned(),
            Self::NoAddress(_) => {
                "have the provider say it: it belongs to the scope `email`".to_owned()
            }
            Self::NotWelcome(name) => format!(
                "if you have an account, sign in with its password and link it with {name}; else ask for an invitation"
            ),
            Self::LinkedElsewhere(_) => {
                "unlink it there first, or ask an operator: `berth person unlink`".to_owned()
            }
            Self::SessionOver => "sign in again, and link it then".to_owned(),
            Self::NoPassword => {
                "whoever is on the host gives you a code for one: `berth person reset PERSON --only password`"
                    .to_owned()
            }
            Self::NotLinked { .. } => "`berth person show` says with what it is linked".to_owned(),
            Self::Crooked(_) | Self::TurnedAway(_) => return None,
        })
    }
}
