//! Operations, and what happened to them.

use std::time::Duration;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{OperationId, TenantName, Timestamp};

use crate::request::OperationRequest;

/// Some of the operations that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationPage {
    pub operations: Vec<OperationView>,
    /// What to ask for older ones. `None`: there are none.
    pub next: Option<String>,
}

/// An operation and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationView {
    pub id: OperationId,
    pub kind: OperationKind,
    pub queue: Queue,
    /// The tenant's name, or what a demo was called.
    pub target: String,
    pub state: OperationState,
    pub steps: Vec<StepView>,
    /// 0 to 1000, and what is being done. `None` before it began.
    pub progress: Option<(u32, String)>,
    /// One sentence. `None` unless something failed.
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// What it may be told now, by whoever may begin it.
    pub open: Vec<OperationRequest>,
}

/// One step of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    pub name: String,
    /// `waiting`, `running`, `done`, `failed`, `undone`, `undo failed`.
    pub state: &'static str,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// An operation, with all that is known of how it went.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationInFull {
    pub view: OperationView,
    /// In the order in which they began.
    pub tries: Vec<TryView>,
    /// What people told it.
    pub told: Vec<ToldView>,
    /// The newest of what happened, oldest first, but for how far it was.
    pub events: Vec<EventView>,
    /// Until when whoever carries it out may do so, if nothing more is heard of them. `None`: nobody does.
    pub lease_until: Option<Timestamp>,
    /// What the tenant is called that it is about. `None`: there is none, or not any more.
    pub tenant: Option<TenantName>,
}

/// One try of a step, or of taking one back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryView {
    pub step: String,
    /// From 1.
    pub attempt: u32,
    pub is_undo: bool,
    pub began_at: Timestamp,
    pub end: TryEnd,
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TryEnd {
    /// It is at work.
    None,
    Done {
        at: Timestamp,
    },
    /// Why.
    Failed {
        at: Timestamp,
        why: String,
    },
    /// Whoever carried it out ended in the middle, and it was taken up again.
    BrokeOff,
}

/// Something that somebody told an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldView {
    /// Whether to try again, rather than to take back.
    pub is_retry: bool,
    pub actor: Option<String>,
    pub at: Timestamp,
}

/// How long operations of a kind took, the last times that one was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TookView {
    /// How many were looked at.
    pub count: usize,
    pub median: Duration,
    pub slowest: Duration,
}

/// Something that happened to an operation, in commit order.
#[derive(Debug, Clone, PartialEq)]
pub struct EventView {
    pub id: i64,
    pub at: Timestamp,
    pub operation: Option<OperationId>,
    /// `state`, `step`, `progress`, `log`, or a word that nobody has to know.
    pub kind: String,
    /// `state`: `{state, error}`; `step`: `{step, record, attempt, error, detail}`, with `record` as in
    /// the journal; `progress`: `{permille, text}`; `log`: `{text}`.
    pub data: serde_json::Value,
}
