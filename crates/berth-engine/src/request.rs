//! What callers ask for, as they wrote it. Parsed in one place, all problems at once.

use std::path::PathBuf;

use secrecy::SecretString;

/// A tenant to be made. Texts are as typed; `None` takes the installation's default.
#[derive(Debug, Clone, Default)]
pub struct CreateTenant {
    pub name: String,
    /// Full host name. Default: the name under the base domain.
    pub host: Option<String>,
    /// Default: `production`.
    pub stage: Option<String>,
    pub image: Option<String>,
    pub modules: Vec<String>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub demo: bool,
    pub company: Option<String>,
    /// Default: `admin`.
    pub admin_login: Option<String>,
    /// Default: one is generated.
    pub admin_password: Option<SecretString>,
    pub email: Option<String>,
    pub time_zone: Option<String>,
    /// `2`, `0.5`, `1500m`.
    pub cpu: Option<String>,
    /// `1GiB`.
    pub memory: Option<String>,
    pub pids: Option<u32>,
    /// A folder of the host with addons; development tenants only.
    pub addons: Option<PathBuf>,
    pub notes: NoteTenant,
}

/// Changes of a tenant that exists. `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetTenant {
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub pids: Option<u32>,
    pub stage: Option<String>,
    pub notes: NoteTenant,
}

/// What can be noted about a tenant without touching what runs. `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteTenant {
    /// Empty: none.
    pub notes: Option<String>,
    /// Tags to add.
    pub tag: Vec<String>,
    /// Tags to take away.
    pub untag: Vec<String>,
    /// Empty: nobody.
    pub owner: Option<String>,
    /// `2026-12-31` (the end of that day, UTC), `14d`, `12h`, a time as in RFC 3339, or `never`.
    pub expires: Option<String>,
    /// `10GiB`, or `none`.
    pub storage: Option<String>,
}

/// Another name for a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenameTenant {
    pub name: String,
    /// Default: the new name under the base domain where the host was the default one, else the host
    /// that it has.
    pub host: Option<String>,
}

/// What all tenants of an owner may have together. `None` sets no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetQuota {
    pub tenants: Option<u32>,
    /// `8`, `0.5`, `1500m`.
    pub cpu: Option<String>,
    /// `16GiB`.
    pub memory: Option<String>,
    /// `100GiB`.
    pub storage: Option<String>,
}

/// What belongs to nobody and is to be removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoveOrphans {
    /// `database/t_0123456789`. Empty with `all`.
    pub names: Vec<String>,
    /// Everything that is not new.
    pub all: bool,
    /// With `all`: what was first seen so long ago, `1h`.
    pub older_than: Option<String>,
}

/// What is left of a tenant whose row is gone, to be made a tenant again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdoptOrphan {
    /// `database/t_0123456789`; its role and its folder go with it.
    pub orphan: String,
    pub name: String,
    /// Default: the name under the base domain.
    pub host: Option<String>,
    /// Which runs it. Default: the installation's.
    pub image: Option<String>,
}

/// Which tenants to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// A label of `TenantState`.
    pub state: Option<String>,
    pub stage: Option<String>,
    /// Part of the name or host.
    pub text: Option<String>,
    pub tag: Option<String>,
    pub owner: Option<String>,
    /// Those that expire until then: `7d`, or a day.
    pub expiring: Option<String>,
    /// Names after this one.
    pub after: Option<String>,
    /// 1 to 1000. Default: 100.
    pub limit: Option<u32>,
}

/// Which operations to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationFilter {
    pub state: Option<String>,
    pub tenant: Option<String>,
    /// Older than this one.
    pub before: Option<String>,
    pub limit: Option<u32>,
}

/// A command inside a tenant's container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantCommand {
    /// Any argument list.
    Exec(Vec<String>),
    /// `psql` on the tenant's database, as the tenant's own role; the arguments are added.
    Psql(Vec<String>),
    /// Odoo's Python shell on the tenant's database.
    Shell,
}

/// What can be done to a tenant that exists, as an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantChange {
    Start,
    Stop,
    Restart,
    Rename(RenameTenant),
    /// Closes it to visitors; only an operator opens it again.
    Suspend,
    Resume,
    /// Keeps database and files, and nothing that runs.
    Archive,
    Unarchive,
    /// The same as archiving, for the grace period; then it is removed for good. Where the
    /// installation has no grace period, it is removed at once.
    Delete,
    /// Back out of the grace period.
    RestoreDeleted,
    /// Removes it and everything that is its own, at once.
    Purge,
}

/// What an operation may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationRequest {
    /// Stop and take back what it did so far.
    Cancel,
    /// Try again, being stuck, in the direction it was going.
    Retry,
    /// Take back what it did, being stuck.
    Undo,
    /// Go on, being a demo.
    Release,
}
