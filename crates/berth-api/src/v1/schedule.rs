//! Schedules on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that is begun again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    pub id: String,
    pub name: String,
    /// `start`, `stop`, `restart`, `suspend` or `resume`.
    pub action: String,
    /// Names of tenants. Empty with a tag.
    pub tenants: Vec<String>,
    /// All tenants that have it when the time comes. `null` with tenants.
    pub tag: Option<String>,
    /// Minute, hour, day of month, month, day of week; or `@daily` and its like.
    pub cron: String,
    /// The same in words.
    pub in_words: String,
    /// A name of the IANA database.
    pub zone: String,
    pub paused: bool,
    /// Why nothing is begun although it is not paused: its tenants were put away, or who it is on behalf of
    /// may not do this any more.
    pub resting: Option<String>,
    /// How late something that was missed is made up for. 0: never.
    pub catch_up_seconds: u64,
    /// The next times. Empty while it is paused.
    pub next: Vec<Moment>,
    /// Newest first. Empty in lists.
    pub runs: Vec<ScheduleRun>,
    pub created_at: Timestamp,
    /// On whose behalf it begins things: who made it, or changed it last.
    pub created_by: String,
}

/// An instant, and what the clock shows then in the zone of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    pub at: Timestamp,
    /// `Mon 2026-11-30 03:30 CET`.
    pub local: String,
}

/// One time that a schedule was due, or was run by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleRun {
    pub due_at: Timestamp,
    pub at: Timestamp,
    pub actor: String,
    /// `started`, `skipped` or `missed`.
    pub outcome: String,
    pub note: Option<String>,
    pub tenants: Vec<ScheduleRunTenant>,
}

/// What a run did to one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleRunTenant {
    pub tenant: String,
    /// What was begun. `null`: nothing was.
    pub operation: Option<String>,
    /// Why nothing was begun.
    pub why: Option<String>,
}

/// A schedule to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleCreate {
    pub name: String,
    pub action: String,
    pub cron: String,
    /// Either these or a tag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Default: the installation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// `30m`, `1h`, `2d` or `never`. Default: an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catch_up: Option<String>,
}

/// What is to be different about a schedule. What is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSet {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// In place of those it had, a tag included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenants: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catch_up: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
}
