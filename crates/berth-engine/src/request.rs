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
}

/// Changes of a tenant that exists. `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetTenant {
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub pids: Option<u32>,
    pub stage: Option<String>,
}

/// Which tenants to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TenantFilter {
    /// A label of `TenantState`.
    pub state: Option<String>,
    pub stage: Option<String>,
    /// Part of the name or host.
    pub text: Option<String>,
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

/// What can be done to a tenant that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantChange {
    Start,
    Stop,
    Restart,
    Set(SetTenant),
    /// Removes it and everything that is its own, at once.
    Delete,
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
