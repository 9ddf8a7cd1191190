//! The four levels of tests, by what they need.

use std::str::FromStr;

use anyhow::{Result, bail};

/// A level: each needs more than the one before, and is slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Values, fakes, and both control databases.
    A,
    /// Contracts with a live engine and a tiny image.
    B,
    /// Stories on a real stack of Odoo and PostgreSQL.
    C,
    /// Faults: daemons killed, disks filled.
    D,
}

impl Level {
    pub(crate) const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The integration test target that holds this level; level A is everything else.
    pub(crate) fn target(self) -> Option<&'static str> {
        match self {
            Self::A => None,
            Self::B => Some("engine"),
            Self::C => Some("stack"),
            Self::D => Some("faults"),
        }
    }
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Every level, after the checks that need no test.
    All,
    One(Level),
}

impl Selection {
    pub(crate) fn includes(self, level: Level) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one == level,
        }
    }
}

impl FromStr for Selection {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "all" => Self::All,
            "a" => Self::One(Level::A),
            "b" => Self::One(Level::B),
            "c" => Self::One(Level::C),
            "d" => Self::One(Level::D),
            other => bail!("there is no test level `{other}`: it is a, b, c, d or all"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_one_level_or_all() {
        let one: Selection = "c".parse().unwrap();

        assert!(one.includes(Level::C) && !one.includes(Level::A));
        assert!(Level::ALL.iter().all(|level| Selection::All.includes(*level)));
        assert!("e".parse::<Selection>().is_err());
    }
}
