//! What a thing that belongs to nobody is called: `database/t_0123456789`.

use std::fmt;
use std::str::FromStr;

/// What it is. In the order in which they are removed: nothing goes before what stands on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrphanKind {
    Route,
    Container,
    Network,
    Database,
    Role,
    /// A folder of the home.
    Folder,
}

/// One thing, by what it is and what it is called there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrphanName {
    pub kind: OrphanKind,
    /// As the engine or PostgreSQL spells it; of a folder below the home, of a route its host.
    pub name: String,
}

/// The text names nothing of the kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not the name of an orphan: it is one of {kinds}, a slash and a name, as in `database/t_0123456789`",
    kinds = OrphanKind::ALL.map(|kind| format!("`{}`", kind.as_str())).join(", ")
)]
pub struct InvalidOrphanName(pub String);

/// More than engines, databases and file systems allow.
const LONGEST: usize = 300;

impl OrphanKind {
    pub const ALL: [Self; 6] =
        [Self::Route, Self::Container, Self::Network, Self::Database, Self::Role, Self::Folder];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Container => "container",
            Self::Network => "network",
            Self::Database => "database",
            Self::Role => "role",
            Self::Folder => "folder",
        }
    }

    /// `None`: a word of another version.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl OrphanName {
    #[must_use]
    pub fn new(kind: OrphanKind, name: impl fmt::Display) -> Self {
        Self { kind, name: name.to_string() }
    }
}

impl fmt::Display for OrphanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

impl FromStr for OrphanName {
    type Err = InvalidOrphanName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (kind, name) = text.split_once('/')?;
            let kind = OrphanKind::find(kind)?;
            let is_name =
                !name.is_empty() && name.len() <= LONGEST && !name.chars().any(char::is_control);
            is_name.then(|| Self::new(kind, name))
        };
        read().ok_or_else(|| {
            InvalidOrphanName(text.chars().take(60).flat_map(char::escape_default).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for text in ["database/t_0123456789", "folder/tenants/t_0123456789", "route/a.localhost"] {
            assert_eq!(text.parse::<OrphanName>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_name_is_refused_with_one_that_is() {
        let long = format!("role/{}", "x".repeat(301));
        for text in ["", "database", "database/", "image/x", "/x", "folder/a\nb", &long] {
            let refused = text.parse::<OrphanName>().unwrap_err().to_string();
            assert!(refused.contains("database/t_0123456789"), "{refused}");
            assert!(!refused.contains('\n'));
        }
    }
}
