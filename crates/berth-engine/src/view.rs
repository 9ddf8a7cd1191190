//! What use cases answer.

mod difference;
mod known;
mod listing;
mod modules;
mod organisation;
mod people;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use berth_domain::disk::{DiskLevel, Space};
use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::orphan::OrphanName;
use berth_domain::reconcile::{Plan, Planned};
use berth_domain::schedule::Schedule;
use berth_domain::statistics::{Range, Sample};
use berth_domain::storage::Measured;
use berth_domain::{Bytes, Limits, OperationId, Owner, Stage, Tenant, TenantName, Timestamp};
pub use berth_store::deliveries::{Counts, Delivery};
use berth_store::quotas::{Quota, Usage};
pub use berth_store::schedules::Run;
pub use berth_store::statistics::{NewestUse, Used};
use berth_store::storage::StorageUse;
pub use berth_store::subscriptions::{Channel, Subscription};
pub use berth_store::tenants::StateName;
use secrecy::SecretString;

use crate::request::OperationRequest;
use crate::revision::Revision;
pub use people::{
    Arrival, Arrived, AuditEntry, Bearer, Begun, Credential, Enrolment, Identity, Member,
    NewInvitation, NewSession, NewToken, PersonView, ProviderView, SignedIn, TokenView,
};

pub use difference::{DifferenceView, FieldDifference, Mending};
pub use known::{CheckupView, ContainerView, DriftView, KnownTenant, SeenView};
pub use listing::Listing;
pub use modules::{ModuleView, ModulesView};
pub use organisation::OrganisationView;

/// Some of the tenants that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantPage {
    pub tenants: Vec<TenantView>,
    /// What to ask for the ones that come after. `None`: there are none.
    pub next: Option<String>,
}

/// What a new tenant gets where nothing is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// Its host is its name under this.
    pub base_domain: String,
    /// What a browser types before and behind the host.
    pub scheme: &'static str,
    pub port_suffix: String,
    pub image: String,
    /// What tenants of the organisation run already.
    pub images: Vec<String>,
    pub stage: Stage,
    pub language: String,
    pub time_zone: String,
    pub limits: Limits,
}

/// Some of the tenants that were asked for, and the operations that say why they are as they are: what
/// is at work on one, what failed of one that is broken.
#[derive(Debug, Clone, PartialEq)]
pub struct FleetView {
    pub page: TenantPage,
    pub operations: BTreeMap<OperationId, OperationView>,
}

/// What an organisation has, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub organisation: String,
    /// What people call it.
    pub title: String,
    pub tenants: BTreeMap<StateName, u64>,
    /// Operations that something is done for.
    pub at_work: u64,
    /// Operations that wait for their turn.
    pub waiting: u64,
}

/// Some of the operations that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationPage {
    pub operations: Vec<OperationView>,
    /// What to ask for older ones. `None`: there are none.
    pub next: Option<String>,
}

/// A tenant and what was observed of it just now.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantView {
    pub tenant: Tenant,
    /// Stands for what it is to be.
    pub revision: Revision,
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
    /// What it fills. `None`: nobody tried to measure it yet.
    pub storage: Option<StorageView>,
}

/// What a tenant fills, and how old that knowledge is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageView {
    pub found: StorageUse,
    /// `None`: it was never measured.
    pub age: Option<Duration>,
}

/// What a tenant fills, for those who draw curves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageMetric {
    pub organisation: String,
    pub tenant: TenantName,
    pub measured: Measured,
    pub limit: Option<Bytes>,
}

/// What a tenant used for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsView {
    pub tenant: TenantName,
    /// As they are now.
    pub limits: Limits,
    pub range: Range,
    pub from: Timestamp,
    pub until: Timestamp,
    /// The oldest first. Where there is none, nothing is known.
    pub samples: Vec<Sample>,
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

/// What is there of a tenant, and what the reconciler would do about it.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantPlanView {
    pub tenant: Tenant,
    /// The operation that has the tenant, which is left to it.
    pub operation: Option<(OperationId, OperationKind)>,
    /// What was observed just now: `container` → `running`.
    pub observed: Vec<(&'static str, String)>,
    /// Troubles included that were not observed: a broken tenant waits for a person.
    pub plan: Plan,
}

/// Everything that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphansView {
    /// By kind and name.
    pub found: Vec<OrphanView>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
}

/// One thing that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrphanView {
    pub what: OrphanName,
    pub first_seen: Timestamp,
    pub why: String,
    /// `None`: it has none, or finding it out takes long.
    pub size: Option<Bytes>,
    /// It was first seen a moment ago, and may be of something that is at work.
    pub is_new: bool,
    /// Whether database, role and folder of a tenant are there.
    pub can_be_adopted: bool,
}

/// What came of removing one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovalView {
    pub what: OrphanName,
    /// Why it is still there. `None`: it is gone.
    pub problem: Option<String>,
}

/// What came of looking after a tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconciliationView {
    /// What was done, in this order.
    pub done: Vec<Planned>,
    /// It is not over yet: the tenant takes long to answer, or others are looked after first.
    pub is_at_work: bool,
    /// How it is now, and what would still be done.
    pub now: TenantPlanView,
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
    /// Why nothing is sent although it is on: whoever answers for it may not look after it any more.
    pub resting: Option<String>,
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
    /// What it may be told now, by whoever may begin it.
    pub open: Vec<OperationRequest>,
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

/// A link that signs whoever uses it in as a tenant's administrator.
#[derive(Debug, Clone)]
pub struct LoginLink {
    pub url: secrecy::SecretString,
    pub expires_at: Timestamp,
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
    /// Things that belong to nobody, as of the last look.
    pub orphans: u64,
    /// `driver` or `standby`.
    pub role: &'static str,
    /// `own` or `inherited`.
    pub sockets: &'static str,
    /// Where the API is reached over TCP. `None`: nowhere.
    pub console: Option<String>,
    /// Whether somebody claimed the console.
    pub claimed: bool,
    /// Disks that are low or full, in words.
    pub disk: Vec<String>,
    /// Why the PostgreSQL server is not there. `None`: it is, or it is just starting.
    pub postgres: Option<String>,
}

/// How full the disks are, and what fills them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskView {
    pub places: Vec<PlaceView>,
    /// By kind.
    pub uses: Vec<SpaceView>,
}

/// A file system that Berth stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceView {
    /// `home`, `engine` or `cluster`.
    pub name: &'static str,
    pub path: PathBuf,
    pub space: Space,
    pub level: DiskLevel,
    /// Since when people were told so. `None`: nobody looked yet.
    pub since: Option<Timestamp>,
}

/// Something that takes space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceView {
    pub kind: &'static str,
    pub bytes: Bytes,
    /// How to get it back. `None`: not at all.
    pub hint: Option<&'static str>,
}

/// What may be said of an upload.
pub type UploadView = berth_store::uploads::Upload;

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
