//! Secrets that people type: to claim an installation, to accept an invitation.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;

use super::{Mistyped, TokenDigest};
use crate::crockford::{Code, Shape};
use crate::random::NoRandomness;

/// `ABCDE-FGHJK-MNPQR-STVWX-YZ012`: 120 bits and a symbol that checks them.
const SHAPE: Shape = Shape { groups: 5, each: 5 };

macro_rules! typed_token {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Code);

        impl $name {
            /// Makes a new one.
            pub fn draw() -> Result<Self, NoRandomness> {
                Code::draw(SHAPE).map(Self)
            }

            /// What is stored of it.
            #[must_use]
            pub fn digest(&self) -> TokenDigest {
                TokenDigest::of($kind, self.0.canonical())
            }

            /// The text in groups, for the one time that it is shown.
            #[must_use]
            pub fn shown_once(&self) -> SecretString {
                self.0.grouped()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl FromStr for $name {
            type Err = Mistyped;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Code::read(text, SHAPE).map(Self)
            }
        }
    };
}

typed_token!(
    /// Proves that somebody can reach the host: whoever types it claims the installation.
    SetupToken, "setup"
);
typed_token!(
    /// Proves that somebody got the message that invited them.
    InvitationToken, "invitation"
);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn it_reads_back_however_it_is_typed() {
        let token = SetupToken::draw().unwrap();
        let shown = token.shown_once();
        let shown = shown.expose_secret();

        for typed in [shown.to_owned(), shown.to_lowercase(), shown.replace('-', " ")] {
            let read: SetupToken = typed.parse().unwrap();
            assert_eq!(read.digest(), token.digest(), "{typed}");
        }
    }

    #[test]
    fn one_kind_does_not_open_what_the_other_opens() {
        let token = SetupToken::draw().unwrap();

        let other: InvitationToken = token.shown_once().expose_secret().parse().unwrap();

        assert_ne!(other.digest(), token.digest());
    }

    #[test]
    fn it_fits_into_the_path_of_a_link() {
        let token = InvitationToken::draw().unwrap();

        let shown = token.shown_once();

        assert_eq!(shown.expose_secret().len(), 29);
        assert!(shown.expose_secret().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    }

    #[test]
    fn it_is_not_shown() {
        assert_eq!(format!("{:?}", SetupToken::draw().unwrap()), "SetupToken(..)");
        assert_eq!(format!("{:?}", InvitationToken::draw().unwrap()), "InvitationToken(..)");
    }
}
