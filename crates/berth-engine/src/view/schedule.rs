//! Schedules, and when they come.

use berth_domain::Timestamp;
use berth_domain::schedule::Schedule;
use berth_store::schedules::Run;

/// A schedule, when it comes next and what came of it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    pub schedule: Schedule,
    /// `every day at 03:30`.
    pub in_words: String,
    /// Why nothing is begun although it is not paused. `None`: it is.
    pub resting: Option<String>,
    /// The next times, soonest first. Empty while it is paused.
    pub next: Vec<Moment>,
    /// Newest first. In lists none, or the last one.
    pub runs: Vec<Run>,
}

/// An instant, and what the clock shows then where the schedule belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// `Mon 2026-11-30 03:30 CET`.
    pub local: String,
}
