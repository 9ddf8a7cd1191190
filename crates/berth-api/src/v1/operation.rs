//! Operations on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A durable change and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// `op_…`.
    pub id: String,
    /// `tenant.create`, `tenant.start`, `tenant.stop`, `tenant.restart`, `tenant.set`,
    /// `tenant.delete` or `demo`.
    pub kind: String,
    /// The tenant's name, or what a demo was called.
    pub target: String,
    /// `queued`, `running`, `undoing`, `done`, `undone` or `stuck`. The last three are for good,
    /// unless somebody asks for a retry or an undo of a stuck one.
    pub state: String,
    /// `high`, `default` or `low`.
    pub queue: String,
    pub steps: Vec<Step>,
    /// `null` before it began.
    pub progress: Option<Progress>,
    /// What went wrong, in one sentence. `null` unless something failed.
    pub error: Option<String>,
    pub created_at: Timestamp,
    /// `local:<uid>` or `system`.
    pub created_by: String,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl Operation {
    /// Whether nobody works on it any more.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        matches!(self.state.as_str(), "done" | "undone" | "stuck")
    }

    /// Whether everything it promised is there.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == "done"
    }
}

/// One step of an operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    pub name: String,
    /// `waiting`, `running`, `done`, `failed`, `undone` or `undo failed`.
    pub state: String,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// How far an operation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// 0 to 1000.
    pub permille: u32,
    /// What is being done.
    pub text: String,
}

/// An operation that blocks until it is released, for trying out recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoCreate {
    /// What it is called.
    pub name: String,
}
