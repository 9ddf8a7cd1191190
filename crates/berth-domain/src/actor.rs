//! Who asks. An argument of every engine call.

use std::fmt;

/// The one on whose behalf something happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Berth itself: recovery, schedules, the reconciler.
    System,
    /// A user of this host, known by the credentials of the Unix socket.
    Local { uid: u32 },
}

impl Actor {
    /// Whether it runs the installation, and so may do what the people whose tenants these are may
    /// not: close a tenant to them, and open it again.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        match self {
            // Whoever reaches the Unix socket is root or the user that Berth runs as.
            Self::System | Self::Local { .. } => true,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Local { uid } => write!(f, "local:{uid}"),
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
            Some(("local", uid)) => Ok(Self::Local { uid: uid.parse().map_err(|_| unknown())? }),
            _ => Err(unknown()),
        }
    }
}
