//! Why somebody is not signed in.

use berth_outbound::Unreached;

use crate::random::NoRandomness;

/// Why a sign-in at a provider came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// It may pass later.
    #[error("cannot reach the provider")]
    Unreached(#[source] Unreached),
    /// It failed just now: the next one to ask is not made to wait as long.
    #[error("the provider did not answer a moment ago: try again in some seconds")]
    Resting,
    /// Somebody has to look at the configuration, here or there.
    #[error("the provider does not say what a provider says: {0}")]
    Provider(String),
    /// The person said no there, or the provider did.
    #[error("the provider did not sign anybody in: `{0}`")]
    Refused(String),
    #[error("the sign-in took too long: begin again")]
    TooLate,
    /// Somebody else's answer, or a second one: the beginning of an attack, or two windows.
    #[error("this is not the answer to the sign-in that was begun here: begin again")]
    NotOurs,
    /// It was used before, or by somebody else.
    #[error("the provider does not take the code: begin again")]
    Code,
    #[error("the provider's token is not good")]
    Token(#[source] BadToken),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    #[error("there is none")]
    Missing,
    #[error("it is not signed, or by an algorithm that is not taken")]
    Algorithm,
    #[error("it is signed with a key that the provider does not show")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("another provider made it")]
    Issuer,
    #[error("it was made for somebody else too, or only")]
    Audience,
    #[error("it is expired, or from the future")]
    Expired,
    #[error("it belongs to another sign-in")]
    Nonce,
    #[error("it says something that no token says")]
    Claims,
}

impl SignInError {
    /// Whether the same might work later without anybody changing anything.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Unreached(why) => !why.is_refused(),
            Self::Resting | Self::TooLate | Self::NotOurs | Self::Code | Self::Refused(_) => true,
            Self::Provider(_) | Self::Token(_) | Self::Randomness(_) => false,
        }
    }
}

/// Words of others: short, and without anything that a terminal or a page would obey.
pub(super) fn tamed(text: &str) -> String {
    text.chars().take(200).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_are_short_and_harmless() {
        assert_eq!(tamed("a\u{1b}[31m\r\nb"), "a\\u{1b}[31m\\r\\nb");
        assert_eq!(tamed(&"x".repeat(1000)).len(), 200);
    }
}
