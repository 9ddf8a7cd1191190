//! What tenants use as time goes by: samples, how they are merged, how far back they go.
//!
//! # Invariants
//!
//! * Merging loses detail and no count: the requests of a merged sample are those of its parts.
//! * What nobody knows is `None`, never zero, and a time of which nothing is known has no sample.

mod times;

use std::time::Duration;

use crate::{Bytes, Timestamp};

pub use times::{InvalidTimes, Times};

/// What a tenant used for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When it was taken; of a merged one, when the time begins that it stands for.
    pub at: Timestamp,
    /// For how long processor time and requests were counted. 0: they were not.
    pub seconds: u64,
    /// Thousandths of a core, on average.
    pub cpu_millis: Option<u64>,
    /// Without the page cache; the most of it, where several were merged.
    pub memory: Option<Bytes>,
    /// What the database takes on disk, as it was measured last.
    pub database: Option<Bytes>,
    pub requests: Requests,
}

/// Requests that were answered, `WebSocket`s left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Requests {
    pub all: u64,
    /// Those of them that were answered with 4xx.
    pub refused: u64,
    /// Those of them that were answered with 5xx.
    pub failed: u64,
    /// How long answers took.
    pub times: Times,
}

impl Requests {
    /// Adds others to these.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all.saturating_add(other.all),
            refused: self.refused.saturating_add(other.refused),
            failed: self.failed.saturating_add(other.failed),
            times: self.times.and(other.times),
        }
    }

    /// What came since an earlier look at the same counters. Ones that began anew count in full.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let began_anew = self.all < before.all
            || self.refused < before.refused
            || self.failed < before.failed
            || !self.times.holds(before.times);
        if began_anew {
            return self;
        }
        Self {
            all: self.all - before.all,
            refused: self.refused - before.refused,
            failed: self.failed - before.failed,
            times: self.times.without(before.times),
        }
    }
}

impl Sample {
    /// Requests per second, in thousandths. `None`: they were not counted.
    #[must_use]
    pub fn requests_per_1000_seconds(&self) -> Option<u64> {
        self.requests.all.saturating_mul(1000).checked_div(self.seconds)
    }

    /// How long 95 of 100 answers took at most. `None`: there was no answer.
    #[must_use]
    pub fn p95(&self) -> Option<Duration> {
        self.requests.times.percentile(95)
    }
}

/// What one sample stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// As they are taken.
    Minute,
    TenMinutes,
    Hour,
}

impl Step {
    pub const ALL: [Self; 3] = [Self::Minute, Self::TenMinutes, Self::Hour];

    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::TenMinutes => 600,
            Self::Hour => 3600,
        }
    }

    /// How long such samples are kept: a little longer than anybody asks for them, so that they are
    /// merged in time.
    #[must_use]
    pub const fn kept(self) -> Duration {
        match self {
            Self::Minute => Duration::from_hours(2),
            Self::TenMinutes => Duration::from_hours(26),
            Self::Hour => Duration::from_hours(24 * 7 + 1),
        }
    }

    /// Those that these are merged into.
    #[must_use]
    pub const fn coarser(self) -> Option<Self> {
        match self {
            Self::Minute => Some(Self::TenMinutes),
            Self::TenMinutes => Some(Self::Hour),
            Self::Hour => None,
        }
    }

    /// When the newest sample of this step can be of: what is merged is over.
    #[must_use]
    pub fn newest(self, now: Timestamp) -> Timestamp {
        let ago = if self == Self::Minute { 0 } else { self.seconds() };
        now.saturating_sub(jiff::SignedDuration::from_secs(ago)).unwrap_or(now)
    }

    /// When the step begins that this is in.
    #[must_use]
    pub fn begin(self, at: Timestamp) -> Timestamp {
        let begin = at.as_second().div_euclid(self.seconds()) * self.seconds();
        Timestamp::from_second(begin).unwrap_or(at)
    }

    /// When the step ends that this is in.
    #[must_use]
    pub fn end(self, at: Timestamp) -> Timestamp {
        self.begin(at).saturating_add(jiff::SignedDuration::from_secs(self.seconds())).unwrap_or(at)
    }
}

/// How far back somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Range {
    Hour,
    #[default]
    Day,
    Week,
}

impl Range {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    #[must_use]
    pub const fn span(self) -> Duration {
        match self {
            Self::Hour => Duration::from_hours(1),
            Self::Day => Duration::from_hours(24),
            Self::Week => Duration::from_hours(24 * 7),
        }
    }

    /// What each of its samples stands for.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Hour => Step::Minute,
            Self::Day => Step::TenMinutes,
            Self::Week => Step::Hour,
        }
    }
}

/// Merges the samples of one tenant, which are in order, into one for each step.
#[must_use]
pub fn merge(samples: &[Sample], step: Step) -> Vec<Sample> {
    samples
        .chunk_by(|one, next| step.begin(one.at) == step.begin(next.at))
        .filter_map(|part| merge_all(part, step))
        .collect()
}

fn merge_all(part: &[Sample], step: Step) -> Option<Sample> {
    let at = step.begin(part.first()?.at);
    let known = || part.iter().filter_map(|one| Some((one.cpu_millis?, one.seconds)));
    let counted: u64 = known().map(|(_, seconds)| seconds).sum();
    let used: u64 = known()
        .map(|(millis, seconds)| millis.saturating_mul(seconds))
        .fold(0, u64::saturating_add);
    Some(Sample {
        at,
        seconds: part.iter().map(|one| one.seconds).sum(),
        cpu_millis: used.checked_div(counted),
        memory: part.iter().filter_map(|one| one.memory).max(),
        database: part.iter().rev().find_map(|one| one.database),
        requests: part.iter().map(|one| one.requests).fold(Requests::default(), Requests::and),
    })
}

#[cfg(test)]
mod tests;
