//! What a tenant used, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a tenant used for some time, as it was sampled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantStatistics {
    pub tenant: String,
    /// `1h`, `24h` or `7d`.
    pub range: String,
    pub from: Timestamp,
    pub until: Timestamp,
    /// What each sample stands for.
    pub step_seconds: u64,
    /// What it may use, in thousandths of one core.
    pub cpu_limit_millis: u32,
    pub memory_limit_bytes: u64,
    /// The oldest first. Where there is none, nothing is known: the tenant did not run.
    pub samples: Vec<TenantSample>,
}

/// What a tenant used for one step. `null`: not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantSample {
    /// When the step begins, or when it was looked at.
    pub at: Timestamp,
    /// Thousandths of one core, on average.
    pub cpu_millis: Option<u64>,
    /// Without the page cache; the most of the step.
    pub memory_bytes: Option<u64>,
    /// What the database takes on disk, as it was measured last.
    pub database_bytes: Option<u64>,
    /// For how long requests were counted. 0: they were not.
    pub counted_seconds: u64,
    /// Answers to visitors, `WebSocket`s left out.
    pub requests: u64,
    /// Those of them with 4xx.
    pub requests_refused: u64,
    /// Those of them with 5xx.
    pub requests_failed: u64,
    /// How long 95 of 100 answers took at most, in milliseconds, evened out.
    pub p95_milliseconds: Option<u64>,
}
