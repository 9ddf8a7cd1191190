//! Something that is begun again and again, and what is to be done when its time has come.
//!
//! # Invariants
//!
//! * What is due leads to one run at most, however long nobody looked.
//! * The next time is always after now: a clock that jumped ahead makes one run, not many.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::locale::checked_text;
use crate::operation::{OperationKind, labels};
use crate::{
    Actor, Cron, OrganisationId, ScheduleId, Tag, TenantId, TenantName, TimeZoneName, Timestamp,
};

checked_text!(
    /// What a schedule or a webhook is called: 1 to 40 characters of a-z, 0-9, `.`, `_` and `-`,
    /// beginning with a letter.
    Label,
    InvalidLabel,
    "`{0}` is not a name: 1 to 40 characters of a-z, 0-9, `.`, `_` and `-`, beginning with a letter",
    |text| (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
);

/// What is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Start,
    Stop,
    Restart,
    Suspend,
    Resume,
}

/// What came of a time that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// At least one operation was begun.
    Started,
    /// It could have been begun, and there was a reason not to.
    Skipped,
    /// Nobody was there to begin it.
    Missed,
}

labels!(Action, UnknownAction, "an action of a schedule", [
    Start => "start",
    Stop => "stop",
    Restart => "restart",
    Suspend => "suspend",
    Resume => "resume",
]);

labels!(Outcome, UnknownOutcome, "an outcome", [
    Started => "started",
    Skipped => "skipped",
    Missed => "missed",
]);

impl Action {
    #[must_use]
    pub const fn operation(self) -> OperationKind {
        match self {
            Self::Start => OperationKind::TenantStart,
            Self::Stop => OperationKind::TenantStop,
            Self::Restart => OperationKind::TenantRestart,
            Self::Suspend => OperationKind::TenantSuspend,
            Self::Resume => OperationKind::TenantResume,
        }
    }

    /// Whether only an operator may ask for it.
    #[must_use]
    pub const fn is_for_operators(self) -> bool {
        matches!(self, Self::Suspend | Self::Resume)
    }
}

/// Which tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// These, whatever they are called by then.
    Tenants(Vec<Target>),
    /// Those that have the tag when the time comes.
    Tag(Tag),
}

/// A tenant, as it was called when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub id: TenantId,
    pub name: TenantName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub id: ScheduleId,
    pub organisation: OrganisationId,
    pub name: Label,
    pub action: Action,
    pub targets: Targets,
    pub cron: Cron,
    pub zone: TimeZoneName,
    pub paused: bool,
    /// How late something that was missed is made up for. Zero: never.
    pub catch_up: Duration,
    /// When it is due. `None` while it is paused.
    pub next_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// On whose behalf it begins things.
    pub created_by: Actor,
}

/// How late a look may be without anything having been missed.
pub const PROMPT: Duration = Duration::from_mins(1);

/// What to do about a schedule whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Begin what was due at `at`, the newest of what was.
    Run { at: Timestamp, is_late: bool },
    /// Note that it was missed: it is too late now.
    Missed { at: Timestamp },
    /// Nothing: only when it is due next has to be put right.
    Nothing,
}

impl Schedule {
    /// The zone with its rules.
    #[must_use]
    pub fn clock(&self) -> TimeZone {
        // A name that was checked; without its rules any more, UTC is what is left.
        TimeZone::get(self.zone.as_str()).unwrap_or(TimeZone::UTC)
    }

    /// When it is due next after `now`.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.cron.next(now, &self.clock())
    }

    /// Decides what to do now about what is due at `due`.
    #[must_use]
    pub fn decide(&self, due: Timestamp, now: Timestamp) -> Due {
        if due > now {
            return Due::Nothing;
        }
        let newest = self.cron.last(now, &self.clock()).filter(|last| *last >= due).unwrap_or(due);
        let late = now.duration_since(newest).unsigned_abs();
        if late <= PROMPT {
            Due::Run { at: newest, is_late: false }
        } else if late <= self.catch_up {
            Due::Run { at: newest, is_late: true }
        } else {
            Due::Missed { at: newest }
        }
    }
}

impl fmt::Display for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(f, "tenants with the tag {tag}"),
            Self::Tenants(targets) => {
                let names: Vec<&str> = targets.iter().map(|it| it.name.as_str()).collect();
                f.write_str(&names.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests;
