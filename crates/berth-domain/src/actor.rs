//! Who asks. An argument of every engine call.

use std::fmt;

use crate::EmailAddress;
use crate::schedule::Label;

/// The one on whose behalf something happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Berth itself: recovery, schedules, the reconciler.
    System,
    /// A user of this host, known by the credentials of the Unix socket.
    Local { uid: u32 },
    /// A program, known by a token that was made for it.
    Service {
        account: Label,
        /// What the organisation is called that the token is of. `None`: the installation.
        organisation: Option<String>,
    },
    /// Somebody with an account, by the e-mail address that it was made for and keeps.
    Person { email: EmailAddress },
    /// Somebody who has not proved who they are: whoever signs in, and did not get in.
    Nobody,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Local { uid } => write!(f, "local:{uid}"),
            Self::Service { account, organisation: None } => write!(f, "service:{account}"),
            Self::Service { account, organisation: Some(organisation) } => {
                write!(f, "service:{account}@{organisation}")
            }
            Self::Person { email } => write!(f, "person:{email}"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// The text is not an actor that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an actor that this version of Berth knows")]
pub struct UnknownActor(pub String);

impl std::str::FromStr for Actor {
    type Err = UnknownActor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownActor(text.to_owned());
        match text.split_once(':') {
            None if text == "system" => Ok(Self::System),
            None if text == "nobody" => Ok(Self::Nobody),
            Some(("person", email)) => {
                Ok(Self::Person { email: email.parse().map_err(|_| unknown())? })
            }
            Some(("local", uid)) => Ok(Self::Local { uid: uid.parse().map_err(|_| unknown())? }),
            Some(("service", who)) => {
                let (account, organisation) = match who.split_once('@') {
                    Some((_, "")) => return Err(unknown()),
                    Some((account, organisation)) => (account, Some(organisation.to_owned())),
                    None => (who, None),
                };
                Ok(Self::Service { account: account.parse().map_err(|_| unknown())?, organisation })
            }
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_read_back_as_they_are_written() {
        for text in [
            "system",
            "nobody",
            "local:0",
            "local:1000",
            "service:ci@default",
            "service:prometheus",
            "person:jo@example.com",
        ] {
            let actor: Actor = text.parse().unwrap();
            assert_eq!(actor.to_string(), text);
        }
        for text in [
            "",
            "root",
            "local:",
            "local:-1",
            "service:",
            "service:@default",
            "service:ci@",
            "service:A b@x",
            "person:",
            "person:jo",
        ] {
            assert!(text.parse::<Actor>().is_err(), "{text}");
        }
    }
}
