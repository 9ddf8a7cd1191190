//! How full a disk is, and what that is called.
//!
//! # Invariants
//!
//! * A level is left with a little more room than it was entered with, so that a disk at the border is
//!   not told about again and again.
//! * A file system that has no fixed number of files is never short of them.

use std::fmt;
use std::str::FromStr;

use crate::Bytes;

/// What a file system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Space {
    /// What Berth may still fill.
    pub free: Bytes,
    pub total: Bytes,
    /// Files and folders that can still be made.
    pub free_files: u64,
    /// 0: there is no such bound.
    pub total_files: u64,
}

/// How full it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum DiskLevel {
    #[default]
    Enough,
    /// Somebody should look.
    Low,
    /// Nothing new is made.
    Full,
}

/// Not a level that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level of a disk that this version of Berth knows")]
pub struct UnknownDiskLevel(pub String);

/// So much has to be free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// Of the file system, 0 to 99.
    Percent(u8),
    Bytes(Bytes),
}

/// The text is not a threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a percentage nor a size: write `10%` or `5GiB`")]
pub struct InvalidThreshold(pub String);

/// When a disk is low, and when it is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    pub low: Threshold,
    pub full: Threshold,
}

/// Files that have to be free beside a threshold in bytes, in percent.
const LOW_FILES: u64 = 5;
const FULL_FILES: u64 = 1;
/// A level is left with this much more than it was entered with, in percent of that.
const MORE: u64 = 10;

impl Threshold {
    /// How much has to be free of so much.
    #[must_use]
    pub fn of(self, total: Bytes) -> Bytes {
        match self {
            Self::Percent(percent) => Bytes(share(total.0, u64::from(percent))),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn of_files(self, total: u64, otherwise: u64) -> u64 {
        match self {
            Self::Percent(percent) => share(total, u64::from(percent)),
            Self::Bytes(_) => share(total, otherwise),
        }
    }
}

impl Thresholds {
    /// How full a file system is, in itself.
    #[must_use]
    pub fn level(&self, space: &Space) -> DiskLevel {
        self.with_more(space, 0)
    }

    /// The level of a disk that had another one when it was looked at last.
    #[must_use]
    pub fn next(&self, before: DiskLevel, space: &Space) -> DiskLevel {
        let now = self.level(space);
        now.max(self.with_more(space, MORE).min(before))
    }

    fn with_more(&self, space: &Space, percent: u64) -> DiskLevel {
        let lacks = |threshold: Threshold, files: u64| {
            let wanted = threshold.of(space.total).0;
            let wanted = wanted.saturating_add(share(wanted, percent));
            let files = threshold.of_files(space.total_files, files);
            let files = files.saturating_add(share(files, percent));
            space.free.0 < wanted || (space.total_files > 0 && space.free_files < files)
        };
        if lacks(self.full, FULL_FILES) {
            DiskLevel::Full
        } else if lacks(self.low, LOW_FILES) {
            DiskLevel::Low
        } else {
            DiskLevel::Enough
        }
    }
}

fn share(total: u64, percent: u64) -> u64 {
    u64::try_from(u128::from(total) * u128::from(percent) / 100).unwrap_or(u64::MAX)
}

impl DiskLevel {
    pub const ALL: [Self; 3] = [Self::Enough, Self::Low, Self::Full];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enough => "enough",
            Self::Low => "low",
            Self::Full => "full",
        }
    }
}

impl FromStr for DiskLevel {
    type Err = UnknownDiskLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == text);
        found.ok_or_else(|| UnknownDiskLevel(text.to_owned()))
    }
}

impl FromStr for Threshold {
    type Err = InvalidThreshold;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidThreshold(text.chars().take(40).collect());
        if let Some(number) = text.trim().strip_suffix('%') {
            let percent = number.trim().parse().ok().filter(|percent| *percent < 100);
            return percent.map(Self::Percent).ok_or_else(invalid);
        }
        text.parse().map(Self::Bytes).map_err(|_| invalid())
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Bytes(bytes) => bytes.fmt(f),
        }
    }
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} free", self.free, self.total)?;
        if self.total_files > 0 && self.free_files < share(self.total_files, 10) {
            write!(f, ", {} of {} files left", self.free_files, self.total_files)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THRESHOLDS: Thresholds =
        Thresholds { low: Threshold::Percent(10), full: Threshold::Bytes(Bytes(50)) };

    fn space(free: u64) -> Space {
        Space { free: Bytes(free), total: Bytes(1000), free_files: 0, total_files: 0 }
    }

    #[test]
    fn a_level_is_left_with_more_room_than_it_was_entered_with() {
        let mut level = DiskLevel::Enough;
        let seen: Vec<_> = [100, 99, 100, 109, 110, 49, 50, 54, 55, 0, 1000]
            .into_iter()
            .map(|free| {
                level = THRESHOLDS.next(level, &space(free));
                level.as_str()
            })
            .collect();

        assert_eq!(
            seen,
            [
                "enough", "low", "low", "low", "enough", "full", "full", "full", "low", "full",
                "enough"
            ]
        );
    }

    #[test]
    fn files_run_out_too() {
        let files = |free_files| Space { free_files, total_files: 1000, ..space(1000) };

        assert_eq!(THRESHOLDS.level(&files(100)), DiskLevel::Enough);
        assert_eq!(THRESHOLDS.level(&files(99)), DiskLevel::Low);
        assert_eq!(THRESHOLDS.level(&files(9)), DiskLevel::Full);
    }

    #[test]
    fn thresholds_are_percentages_and_sizes() {
        assert_eq!("10%".parse(), Ok(Threshold::Percent(10)));
        assert_eq!("5 GiB".parse(), Ok(Threshold::Bytes(Bytes(5 << 30))));
        for text in ["100%", "-1%", "%", "ten", "1.5%"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
    }
}
