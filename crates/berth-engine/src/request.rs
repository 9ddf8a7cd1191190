//! What callers ask for, as they wrote it. Parsed in one place, all problems at once.

mod audit;
mod meant;
mod modules;
mod operation;
mod organisation;
mod page;
mod people;
mod schedule;
mod token;
mod webhook;
mod wish;

use std::path::PathBuf;

use secrecy::SecretString;

use crate::logs::Mark;

pub use audit::AuditFilter;
pub use meant::{Known, Meant};
pub use modules::{ChangeModules, ListModules, ModulesDeed};
pub use operation::{OperationFilter, OperationRequest};
pub use organisation::{CreateOrganisation, ListOrganisations, SetOrganisation};
pub use page::{HistoryRequest, PageRequest};
pub use people::{
    Accept, ChangePassword, Claim, Invite, LinkWith, Reset, Returned, SignIn, Whence,
};
pub use schedule::{CreateSchedule, SetSchedule};
pub use token::CreateToken;
pub use webhook::{CreateWebhook, SetWebhook};
pub use wish::{CompareTenants, TenantWish};

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
    /// Whether it gets a PostgreSQL server that no other tenant has a database on.
    pub own_cluster: bool,
    pub notes: NoteTenant,
}

/// Which lines of a log. `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadLogs {
    /// Only the last so many.
    pub tail: Option<u32>,
    /// Wait for more.
    pub follow: bool,
    /// `2h`, `3d`, or a time as in RFC 3339. Only younger ones.
    pub since: Option<String>,
    pub until: Option<String>,
    /// Somewhere in the message, whatever the case.
    pub search: Option<String>,
    /// Of messages at least so important: `error`.
    pub level: Option<String>,
    /// Only what the container before this one said.
    pub previous: bool,
    /// Only what comes behind this line. `tail` and `since` do not count then.
    pub seen: Option<Mark>,
}

/// A backup that is sent in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendUpload {
    /// What the file is called where it comes from.
    pub name: Option<String>,
    /// How long it will be. `None`: that is not known.
    pub length: Option<u64>,
}

/// A tenant to be made of a backup that was sent in. What its Odoo is set up as stands in the backup.
#[derive(Debug, Clone, Default)]
pub struct ImportTenant {
    /// `upl_…`.
    pub upload: String,
    pub name: String,
    pub host: Option<String>,
    pub stage: Option<String>,
    pub image: Option<String>,
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub pids: Option<u32>,
    /// A folder of the host with addons; development tenants only.
    pub addons: Option<PathBuf>,
    /// Whether it gets a PostgreSQL server that no other tenant has a database on.
    pub own_cluster: bool,
    /// Whether to make it harmless: no mail, no jobs, no payments. Default: unless it is a production
    /// tenant.
    pub neutralize: Option<bool>,
    /// Whether modules may be installed that the image does not have.
    pub allow_missing_modules: bool,
    pub notes: NoteTenant,
}

/// How a tenant's database is packed for taking away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    /// As a script, like Odoo's own backups.
    #[default]
    Zip,
    /// For `pg_restore`.
    Custom,
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
    /// Default: the installation's.
    pub stage: Option<String>,
    /// A folder of the host with addons; development tenants only.
    pub addons: Option<PathBuf>,
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
    /// `name`, `created`, `expires`, `storage`, or one of them with `-` in front, from the last to the
    /// first. Default: `name`.
    pub sort: Option<String>,
    /// What the page before this one calls `next`; in the order of names, the name that comes before.
    pub after: Option<String>,
    /// 1 to 1000. Default: 100.
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
    Modules(ChangeModules),
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
