//! How long answers took: counts between fixed bounds, which can be added up and read as percentiles.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Upper bounds in milliseconds, closest where the pages of Odoo lie. What takes longer is in the last
/// place.
const BOUNDS: [u64; Times::PLACES - 1] =
    [10, 20, 40, 70, 100, 150, 250, 400, 650, 1_000, 1_600, 2_500, 4_000, 8_000, 20_000];

/// How many answers took how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times([u64; Self::PLACES]);

/// Not what [`Times`] are written as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not say how long answers took")]
pub struct InvalidTimes(pub String);

impl Times {
    pub const PLACES: usize = 16;

    /// With so many in each place.
    #[must_use]
    pub const fn of(counts: [u64; Self::PLACES]) -> Self {
        Self(counts)
    }

    /// The place of an answer that took so long.
    #[must_use]
    pub fn place(took: Duration) -> usize {
        BOUNDS.partition_point(|&bound| took > Duration::from_millis(bound))
    }

    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].saturating_add(other.0[place])))
    }

    /// Whether none of these counts is less than the other.
    pub(super) fn holds(self, other: Self) -> bool {
        self.0.iter().zip(other.0).all(|(own, other)| *own >= other)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place].saturating_sub(other.0[place])))
    }

    /// How many answers these are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// How long so many of 100 took at most, evened out between two bounds. `None`: there is none. More
    /// than the last bound is not told apart from it.
    #[must_use]
    pub fn percentile(&self, of_100: u64) -> Option<Duration> {
        let rank = (u128::from(self.count()) * u128::from(of_100)).div_ceil(100);
        let rank = u64::try_from(rank).ok()?;
        let mut before: u64 = 0;
        for (place, &count) in self.0.iter().enumerate() {
            if count > 0 && before.saturating_add(count) >= rank {
                let lower = if place == 0 { 0 } else { BOUNDS[place - 1] };
                let width = BOUNDS.get(place).map_or(0, |upper| (upper - lower) * 1000);
                let share = u128::from(width) * u128::from(rank - before) / u128::from(count);
                let micros = lower * 1000 + u64::try_from(share).unwrap_or_default();
                return Some(Duration::from_micros(micros));
            }
            before = before.saturating_add(count);
        }
        None
    }
}

/// `0 0 3 1`: the counts up to the last that is not 0.
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        for (place, count) in self.0[..end].iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{count}")?;
        }
        Ok(())
    }
}

impl FromStr for Times {
    type Err = InvalidTimes;

    fn from_str(text: &str) -> Result<Self, InvalidTimes> {
        let mut counts = [0; Self::PLACES];
        for (place, word) in text.split_ascii_whitespace().enumerate() {
            let invalid = || InvalidTimes(text.to_owned());
            let count = counts.get_mut(place).ok_or_else(invalid)?;
            *count = word.parse().map_err(|_| invalid())?;
        }
        Ok(Self(counts))
    }
}
