//! Some rights of all.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Right, Role};
use crate::problem::listed;

/// The rights that a token has: some of them, never none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(BTreeSet<Right>);

/// The text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScope {
    #[error("name at least one right")]
    Empty,
    #[error(
        "there is no right `{word}`: use {}, or all those of a {}",
        names(Right::ALL, Right::as_str),
        names(Role::ALL, Role::as_str)
    )]
    Unknown { word: String },
}

impl Scope {
    /// The rights in it. `None`: there are none.
    #[must_use]
    pub fn new(rights: impl IntoIterator<Item = Right>) -> Option<Self> {
        let rights: BTreeSet<Right> = rights.into_iter().collect();
        (!rights.is_empty()).then_some(Self(rights))
    }

    pub fn rights(&self) -> impl Iterator<Item = Right> + '_ {
        self.0.iter().copied()
    }

    /// Whether a right is in it. Whoever runs commands in a tenant finds the way to its database there,
    /// so that one includes the other.
    pub(super) fn covers(&self, right: Right) -> bool {
        self.0.contains(&right) || (right == Right::Psql && self.0.contains(&Right::Exec))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, right) in self.rights().enumerate() {
            f.write_str(if index > 0 { "," } else { "" })?;
            f.write_str(right.as_str())?;
        }
        Ok(())
    }
}

/// Rights with commas between; a role stands for all of its own.
impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut rights = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let right = Right::ALL.iter().find(|right| right.as_str() == word);
            let role = Role::ALL.iter().find(|role| role.as_str() == word);
            match (right, role) {
                (Some(right), _) => rights.push(*right),
                (None, Some(role)) => rights.extend(role.rights()),
                (None, None) => {
                    let word = word.chars().take(40).flat_map(char::escape_default).collect();
                    return Err(InvalidScope::Unknown { word });
                }
            }
        }
        Self::new(rights).ok_or(InvalidScope::Empty)
    }
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
    listed(&all.iter().map(|one| name(*one)).collect::<Vec<_>>())
}
