//! How much of its storage a tenant fills, and what follows from that.
//!
//! # Invariants
//!
//! * What was said stays true for a while: a level is left further down than it was entered, so a
//!   tenant at the border does not change with every measurement.
//! * Nothing here stops a tenant. One that is over its limit goes on serving and writing.

use std::str::FromStr;

use crate::{Bytes, Event, TenantState, Timestamp};

/// People are warned from here, in percent of the limit.
const WARNED_FROM: u64 = 80;
/// Below this a warning is over, and the next one is told again.
const WARNED_UNTIL: u64 = 75;
/// A tenant that was over its limit fits again at or below this.
const FITS_FROM: u64 = 95;

/// What was counted of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measured {
    /// What its database takes on the disk of PostgreSQL.
    pub database: Bytes,
    /// The blocks of its data folder.
    pub files: Bytes,
}

impl Measured {
    #[must_use]
    pub const fn total(self) -> Bytes {
        Bytes(self.database.0.saturating_add(self.files.0))
    }
}

/// Where a tenant stands beside its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    #[default]
    Fits,
    /// Much of it is used, and somebody was told.
    Warned,
    /// More is used than it may have.
    Over,
}

/// Not a level that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level of storage that this version of Berth knows")]
pub struct UnknownLevel(pub String);

/// What makes somebody look at the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It was measured.
    Measured,
    /// Somebody set another limit: what fits it fits at once.
    LimitChanged,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Fits, Self::Warned, Self::Over];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Warned => "warned",
            Self::Over => "over",
        }
    }

    /// The level of a tenant that had this one before.
    #[must_use]
    pub fn next(self, used: Bytes, limit: Option<Bytes>, occasion: Occasion) -> Self {
        let Some(limit) = limit else { return Self::Fits };
        let reaches = |percent: u64| {
            u128::from(used.0) * 100 >= u128::from(limit.0) * u128::from(percent) && used.0 > 0
        };
        let stays_over = self == Self::Over
            && occasion == Occasion::Measured
            && u128::from(used.0) * 100 > u128::from(limit.0) * u128::from(FITS_FROM);
        if used > limit || stays_over {
            Self::Over
        } else if reaches(WARNED_FROM) || (self != Self::Fits && reaches(WARNED_UNTIL)) {
            Self::Warned
        } else {
            Self::Fits
        }
    }

    /// What happens to a tenant of this level in this state. `None`: nothing.
    #[must_use]
    pub const fn moves(self, state: &TenantState, at: Timestamp) -> Option<Event> {
        match (self, state) {
            (Self::Over, TenantState::Running) => Some(Event::Exceed { at }),
            (Self::Fits | Self::Warned, TenantState::OverLimit { .. }) => Some(Event::Fit),
            _ => None,
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == text);
        found.ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The levels of a tenant with a limit of 100 bytes that uses this much, one after the other.
    fn levels(used: &[u64]) -> Vec<&'static str> {
        let mut level = Level::Fits;
        let next = |used: &u64| {
            level = level.next(Bytes(*used), Some(Bytes(100)), Occasion::Measured);
            level.as_str()
        };
        used.iter().map(next).collect()
    }

    #[test]
    fn a_warning_lasts_until_it_falls_below_three_quarters() {
        assert_eq!(
            levels(&[79, 80, 76, 75, 74, 79, 80]),
            ["fits", "warned", "warned", "warned", "fits", "fits", "warned"]
        );
    }

    #[test]
    fn what_exceeds_its_limit_fits_again_a_little_below_it() {
        assert_eq!(
            levels(&[100, 101, 100, 96, 95, 100, 101, 10]),
            ["warned", "over", "over", "over", "warned", "warned", "over", "fits"]
        );
    }

    #[test]
    fn a_higher_limit_counts_at_once() {
        let next = Level::Over.next(Bytes(99), Some(Bytes(100)), Occasion::LimitChanged);

        assert_eq!(next, Level::Warned);
        assert_eq!(Level::Over.next(Bytes(99), None, Occasion::LimitChanged), Level::Fits);
    }

    #[test]
    fn only_a_tenant_that_runs_moves() {
        let at = Timestamp::UNIX_EPOCH;
        let over = TenantState::OverLimit { since: at };
        let stopped = TenantState::Stopped { since: at };

        assert_eq!(Level::Over.moves(&TenantState::Running, at), Some(Event::Exceed { at }));
        assert_eq!(Level::Warned.moves(&over, at), Some(Event::Fit));
        for (level, state) in
            [(Level::Over, over), (Level::Fits, TenantState::Running), (Level::Over, stopped)]
        {
            assert_eq!(level.moves(&state, at), None, "{level:?} {state}");
        }
    }

    proptest! {
        #[test]
        fn measuring_again_changes_nothing(used: u64, limit: u64, before in 0_usize..3) {
            let limit = Some(Bytes(limit));
            let once = Level::ALL[before].next(Bytes(used), limit, Occasion::Measured);
            let twice = once.next(Bytes(used), limit, Occasion::Measured);

            prop_assert_eq!(once, twice);
        }
    }
}
