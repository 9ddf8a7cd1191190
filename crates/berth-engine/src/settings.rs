//! What an installation is set up as, in the engine's own words.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use berth_domain::disk::Thresholds;
use berth_domain::subnet::SubnetPool;
use berth_domain::{Bytes, HostName, ImageRef, IpRange, Language, Limits, Stage, TimeZoneName};
use berth_store::quotas::Quota;
use secrecy::SecretString;

/// Decided once at start and never changed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The version of the program, as it says of itself.
    pub version: &'static str,
    /// Tells two builds of one version apart. `None` when the program cannot look at itself.
    pub build: Option<String>,
    pub paths: crate::Paths,
    /// Tells this installation's engine objects from those of others on the same host.
    pub home_id: String,
    /// Tenants' default hosts are their names under this domain.
    pub base_domain: HostName,
    /// What a browser types before and after the host: `http` and `:8069`.
    pub scheme: &'static str,
    pub port_suffix: String,
    pub odoo_image: ImageRef,
    pub postgres_image: ImageRef,
    pub pool: SubnetPool,
    /// Where the kernel lists the routes of the host.
    pub host_routes: PathBuf,
    pub cluster: ClusterChoice,
    /// What a PostgreSQL server gets that one tenant has for itself.
    pub own_cluster: ServerSize,
    pub defaults: TenantDefaults,
    /// Operations at work at the same time.
    pub concurrency: u32,
    /// Blueprints kept beyond those in the making; the longest unused goes first.
    pub blueprints_kept: u32,
    /// Memory limits handed out in all, in hundredths of the host's memory.
    pub memory_percent: u32,
    /// Who opened the sockets on which the process listens.
    pub sockets: Sockets,
    /// How the API is reached over TCP. `None`: not at all.
    pub console: Option<ConsoleSettings>,
    /// Folders below which a development tenant's addons may lie.
    pub addons_roots: Vec<PathBuf>,
    /// For how many days a deleted tenant can be brought back. 0: it is gone at once.
    pub delete_grace_days: u32,
    /// What the tenants of one owner may have together, unless the owner has a quota of their own.
    pub owner_quota: Quota,
    /// When a disk of the host is low, and when it is full.
    pub disk: Thresholds,
    /// How long and how much is kept of a container's log.
    pub logs: crate::LogsKept,
    /// What may be sent in to be imported.
    pub uploads: UploadRules,
    /// For how long it is known who did what. `None`: for ever.
    pub audit_kept: Option<Duration>,
    /// How often everything is looked at, although nothing was heard of it. Up to a minute.
    pub scan_every: Duration,
}

/// How the API is reached over TCP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// What people are told.
    pub url: String,
    pub address: SocketAddr,
    /// Names under which it may be asked for, besides addresses and `localhost`.
    pub names: Vec<HostName>,
    pub has_tls: bool,
    /// Whether something before it ends TLS.
    pub is_behind_proxy: bool,
    /// Who may say that a request came from somebody else.
    pub trusted_proxies: Vec<IpRange>,
}

/// What may be sent in to be imported, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadRules {
    pub largest: Bytes,
    /// After which one that nobody imports is removed.
    pub kept: Duration,
}

impl Settings {
    /// Names of the console, which lead to no tenant.
    pub(crate) fn console_names(&self) -> &[HostName] {
        self.console.as_ref().map_or(&[], |console| console.names.as_slice())
    }
}

/// Who opened the listening sockets of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sockets {
    /// The process itself.
    Own,
    /// Somebody before it, who handed them over: systemd, or an earlier process of Berth.
    Inherited,
}

impl Sockets {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Inherited => "inherited",
        }
    }
}

/// Which PostgreSQL server holds the tenants.
#[derive(Debug, Clone)]
pub enum ClusterChoice {
    /// One that Berth makes, starts and looks after.
    Managed(ServerSize),
    /// One that somebody else looks after, with the address and password of its administrator.
    External { address: berth_postgres::Address, password: SecretString },
}

/// How large a PostgreSQL server is that Berth makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerSize {
    pub max_connections: u32,
    /// What it may plan with.
    pub memory: Bytes,
}

/// What a tenant gets when its creator says nothing.
#[derive(Debug, Clone)]
pub struct TenantDefaults {
    pub stage: Stage,
    pub language: Language,
    pub time_zone: TimeZoneName,
    pub limits: Limits,
}

impl Settings {
    /// Returns what a browser on this host types to reach a tenant.
    #[must_use]
    pub fn url(&self, host: &HostName) -> String {
        format!("{}://{host}{}", self.scheme, self.port_suffix)
    }
}
