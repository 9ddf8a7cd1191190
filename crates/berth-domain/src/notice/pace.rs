//! How often something is said, and how often it is tried.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::Timestamp;
use crate::operation::labels;

/// How long the same reason about the same thing is not told again.
pub const HOUR: Duration = Duration::from_hours(1);
/// How long to wait after each failed attempt. After the last one a message is given up.
const WAITS: [Duration; 8] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
    Duration::from_hours(12),
    Duration::from_hours(24),
];

/// What a subscriber knows of something that was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleState {
    /// That it is.
    Told,
    /// That it is well, although it is wrong again: it is too soon to say so.
    Held,
    /// That it is well.
    Well,
}

labels!(TroubleState, UnknownTroubleState, "a state of what is wrong", [
    Told => "told",
    Held => "held",
    Well => "well",
]);

/// Whether something is said now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Now,
    /// When the hour is over, if it is still so.
    Later,
    /// It was said, and nothing changed.
    Already,
}

/// Decides whether something that went wrong is told. `before` is what was told of it last: how it
/// stood, why, and when.
#[must_use]
pub fn say(before: Option<(TroubleState, &str, Timestamp)>, reason: &str, now: Timestamp) -> Said {
    match before {
        Some((state, last, at)) if last == reason && is_recent(at, now) => match state {
            TroubleState::Told => Said::Already,
            TroubleState::Held | TroubleState::Well => Said::Later,
        },
        _ => Said::Now,
    }
}

/// A time that is ahead of the clock is not recent: the clock was wrong.
pub(crate) fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.duration_since(at).unsigned_abs() < HOUR
}

/// How long to wait after so many failed attempts. `None`: that was the last.
#[must_use]
pub fn backoff(failed: u32) -> Option<Duration> {
    let index = usize::try_from(failed).ok()?.checked_sub(1)?;
    WAITS.get(index).copied()
}
