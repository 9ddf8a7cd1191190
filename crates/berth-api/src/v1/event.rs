//! What happens, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened to an operation or a tenant, in the order in which it was committed.
///
/// In an event stream `id` is the event's id, so a client that reconnects with `Last-Event-ID` misses
/// none and sees none twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    pub id: i64,
    pub at: Timestamp,
    /// `null` for what happened to a tenant without one.
    pub operation: Option<String>,
    /// `state`, `step`, `progress` or `log`; of tenants `tenant.noted`, `tenant.expires`,
    /// `tenant.storage_warning`, `tenant.over_limit` or `tenant.storage_ok`; of the host
    /// `host.disk_low` or `host.disk_ok`.
    pub kind: String,
    /// By kind: `state` has `{state, error}`; `step` has `{step, record, attempt, error, detail}`, one
    /// line of the operation's journal (`started`, `succeeded`, `failed`, `faltered`, `undone`,
    /// `undo_failed`); `progress` has `{permille, text}`; `log` has `{text}`. `tenant.noted` has
    /// `{tenant, actor, before, after}`; `tenant.expires` has `{tenant, expires_at, days}`; what is
    /// told of storage has `{tenant, used_bytes, limit_bytes, percent}`; of a disk `{place, path, level,
    /// free_bytes, total_bytes, free_files, total_files}`.
    pub data: Value,
}

/// One line of a tenant's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogLine {
    /// When the engine read it. `null` when the engine did not say.
    pub at: Option<Timestamp>,
    /// Whether it came from standard error.
    pub is_error: bool,
    /// `stdout`, `stderr`, or `berth` for what Berth has to say about the log.
    #[serde(default)]
    pub source: String,
    /// The generation of the container that said it. `null`: it is not kept yet.
    #[serde(default)]
    pub generation: Option<u64>,
    /// Without its line end.
    pub text: String,
}
