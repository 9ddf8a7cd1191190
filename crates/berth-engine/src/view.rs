//! What use cases answer.

use std::collections::BTreeMap;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::schedule::Schedule;
use berth_domain::{OperationId, Owner, Tenant, Timestamp};
pub use berth_store::deliveries::{Counts, Delivery};
use berth_store::quotas::{Quota, Usage};
pub use berth_store::schedules::Run;
pub use berth_store::subscriptions::{Channel, Subscription};
use secrecy::SecretString;

/// A tenant and what was observed of it just now.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantView {
    pub tenant: Tenant,
    pub organisation: String,
    /// Under which a browser on this host reaches it.
    pub url: String,
    /// What the engine says of its container: `running`, `exited (137, out of memory)`, `missing`.
    /// `None` in lists, where nobody asked the engine.
    pub container: Option<String>,
    /// Application-level probes. Empty in lists and while it does not run.
    pub probes: Vec<ProbeView>,
    /// The operation that has it now.
    pub operation: Option<OperationId>,
}

/// A quota, and what is used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaView {
    /// `None`: the whole organisation.
    pub owner: Option<Owner>,
    pub quota: Quota,
    /// Whether it is the configured one, because the owner has none of their own.
    pub is_default: bool,
    pub used: Usage,
}

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
    /// Newest first. Empty in lists.
    pub runs: Vec<Run>,
}

/// An instant, and what the clock shows then where the schedule belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// `Mon 2026-11-30 03:30 CET`.
    pub local: String,
}

/// Somebody who is told what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookView {
    pub subscription: Subscription,
    /// Of the last day.
    pub counts: Counts,
}

/// A webhook that was just made, with the secret that is not shown again.
#[derive(Debug)]
pub struct NewWebhook {
    pub webhook: WebhookView,
    pub secret: SecretString,
}

/// One look at how a tenant is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeView {
    pub name: &'static str,
    /// `ok`, `warning` or `failed`.
    pub status: &'static str,
    pub detail: String,
}

/// What will be created or changed, in the order in which it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// One sentence: `create tenant acme`.
    pub summary: String,
    pub actions: Vec<PlanAction>,
    /// What the new or changed thing will be: `host` → `acme.localhost`.
    pub settings: BTreeMap<&'static str, String>,
}

/// One thing that will be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAction {
    /// The step that does it.
    pub step: &'static str,
    /// In words: `clone database from the blueprint of odoo:19.0 (base, en_US)`.
    pub text: String,
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

/// How to sign in to a tenant.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub url: String,
    pub login: String,
    pub password: secrecy::SecretString,
}

/// One line of `berth doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    /// `ok`, `warning` or `failed`.
    pub status: &'static str,
    pub detail: String,
    /// What to do. `None` when all is well.
    pub hint: Option<String>,
}

/// The installation, in one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    pub version: &'static str,
    pub build: Option<String>,
    pub home: String,
    pub home_id: String,
    pub edge: String,
    pub pid: u32,
    pub tenants: u64,
    pub operations_at_work: u64,
    /// `driver` or `standby`.
    pub role: &'static str,
    /// `own` or `inherited`.
    pub sockets: &'static str,
    /// Whether somebody claimed the console.
    pub claimed: bool,
}

/// A tenant, packed for taking away.
pub struct Export {
    pub file_name: String,
    /// An Odoo backup: a zip with `dump.sql`, `manifest.json` and `filestore/`. An error in the middle
    /// means that what came before is worthless.
    pub content: futures_util::stream::BoxStream<'static, std::io::Result<bytes::Bytes>>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("file_name", &self.file_name).finish_non_exhaustive()
    }
}
