//! One tenant: what it is to be, and what was found of it.

use std::time::Duration;

use berth_domain::statistics::{Range, Sample};
use berth_domain::storage::Measured;
use berth_domain::{Bytes, Limits, OperationId, Stage, Tenant, TenantName, Timestamp};
use berth_store::storage::StorageUse;
use secrecy::SecretString;

use crate::revision::Revision;

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

/// One look at how a tenant is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeView {
    pub name: &'static str,
    /// `ok`, `warning` or `failed`.
    pub status: &'static str,
    pub detail: String,
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

/// How to sign in to a tenant.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub url: String,
    pub login: String,
    pub password: SecretString,
}

/// A link that signs whoever uses it in as a tenant's administrator.
#[derive(Debug, Clone)]
pub struct LoginLink {
    pub url: SecretString,
    pub expires_at: Timestamp,
}
