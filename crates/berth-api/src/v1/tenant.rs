//! Tenants on the wire.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Secret;

/// A tenant: what it should be, and in single answers also what was observed of it just now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tenant {
    /// For its whole life: `tnt_…`.
    pub id: String,
    pub name: String,
    pub organisation: String,
    /// Under which visitors reach it.
    pub host: String,
    /// What a browser on the host of Berth opens.
    pub url: String,
    /// `production`, `staging`, `development` or `test`.
    pub stage: String,
    /// `provisioning`, `running`, `over_limit`, `drifted`, `stopped`, `suspended`, `archived`, `deleted`,
    /// `broken`, `deleting`, or what is being done to it: `starting`, `stopping`, `restarting`,
    /// `being changed` and so on.
    pub state: String,
    /// Since when it is in that state. `null` while it runs and while something is being done to it.
    pub since: Option<Timestamp>,
    /// When a deleted tenant is removed for good. `null` in every other state.
    pub until: Option<Timestamp>,
    /// The operation that is at work on it; for a broken tenant the one that failed.
    pub operation: Option<String>,
    pub image: Image,
    pub odoo: Odoo,
    pub limits: Limits,
    pub notes: Option<String>,
    /// Sorted.
    pub tags: Vec<String>,
    /// Who answers for it. `null`: nobody in particular.
    pub owner: Option<String>,
    /// When it is suspended by itself. `null`: never.
    pub expires_at: Option<Timestamp>,
    /// A folder of the host, mounted read-only over the image's extra addons.
    pub addons: Option<String>,
    /// Whether its database is on a PostgreSQL server that no other tenant has a database on.
    #[serde(default)]
    pub own_cluster: bool,
    /// What its database was cloned from. `null` until that is decided.
    pub blueprint: Option<String>,
    /// Rises with every change of what the tenant should be.
    pub generation: u64,
    /// Stands for what people can change of it. In quotation marks it is what `ETag` says and
    /// `If-Match` takes.
    #[serde(default)]
    pub etag: String,
    /// What the engine says of its container. `null` in lists, where nobody asked the engine.
    pub container: Option<String>,
    /// Application-level checks. Empty in lists and while it does not run.
    pub probes: Vec<Probe>,
    pub created_at: Timestamp,
    /// `local:<uid>` or `system`.
    pub created_by: String,
    /// What its database and files fill. `null`: nobody tried to measure it yet.
    #[serde(default)]
    pub storage: Option<Storage>,
}

/// What a tenant fills. It is measured every five minutes, and less often once it is put away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Storage {
    /// Of the last measurement that worked. `null`: none did yet.
    pub used_bytes: Option<u64>,
    pub database_bytes: Option<u64>,
    /// Blocks of its data folder. A file with several names counts once, blocks that files share by
    /// reflink count for each.
    pub files_bytes: Option<u64>,
    pub measured_at: Option<Timestamp>,
    /// How long ago that was, by the clock of Berth.
    pub age_seconds: Option<u64>,
    /// `fits`, `warned` (from 80 % of the limit until it falls below 75 %) or `over`.
    pub level: String,
    /// Why it could not be measured since, or not wholly. `null`: it was.
    pub problem: Option<String>,
}

/// The image a tenant runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Image {
    /// What was asked for.
    pub reference: String,
    /// What that was on the day: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// What a tenant's Odoo was set up as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Odoo {
    /// Installed beside `base`.
    pub modules: Vec<String>,
    pub language: String,
    /// `null` leaves the company's country open.
    pub country: Option<String>,
    /// Whether Odoo's demo data was loaded.
    pub demo: bool,
    pub company: String,
    pub admin_login: String,
    pub email: Option<String>,
    pub time_zone: String,
}

/// What a tenant may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limits {
    /// Thousandths of one core.
    pub cpu_millis: u32,
    /// Resident memory of the container, without swap.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub pids: u32,
    /// Database and files together. `null`: as much as the host has.
    pub storage_bytes: Option<u64>,
}

/// One look at how a tenant is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    pub name: String,
    /// `ok`, `warning` or `failed`.
    pub status: String,
    pub detail: String,
}

/// A tenant to be made. What is left out takes the installation's default.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantCreate {
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// Full host name. Default: the name under the base domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `production`, `staging`, `development` or `test`. Default: the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// An image that the engine has. Default: the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Technical names of the modules to install beside `base`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<String>,
    /// A language code of Odoo, such as `de_DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Two capital letters (ISO 3166-1), such as `DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether to load Odoo's demo data.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Default: `admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_login: Option<String>,
    /// Default: one is generated, to be read at `…/password`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::secret::to_server"
    )]
    pub admin_password: Option<Secret>,
    /// Of the administrator and the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A name of the IANA database, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Cores: `2`, `0.5` or `1500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// `1GiB`, `1536MiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// Processes and threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids: Option<u32>,
    /// A folder of the host with addons, below one of the configured roots. Development tenants
    /// only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addons: Option<String>,
    /// Whether it gets a PostgreSQL server that no other tenant has a database on. For operators.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_cluster: bool,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Words by which it is found again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it is suspended by itself: a day (its end, UTC), `14d`, `12h`, a time or `never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// How large database and files may be together: `10GiB` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
}

/// Changes of a tenant. What is left out stays as it is.
///
/// Limits and stage are changed by an operation; everything else at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantSet {
    /// Cores: `2`, `0.5` or `1500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// `1GiB`, `1536MiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// Processes and threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids: Option<u32>,
    /// `production`, `staging`, `development` or `test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Free text; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Tags to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_tags: Vec<String>,
    /// Tags to take away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_tags: Vec<String>,
    /// Who answers for it; empty: nobody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it is suspended by itself: a day (its end, UTC), `14d`, `12h`, a time or `never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// How large database and files may be together: `10GiB` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
}

/// Another name for a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantRename {
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// Full host name. Default: the new name under the base domain where the host was the default
    /// one, else the host that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// A new password for a tenant's administrator.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// Left out, one is generated.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::secret::to_server"
    )]
    pub password: Option<Secret>,
}

/// A link that signs whoever uses it in as the tenant's administrator: once, within a minute.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoginLink {
    /// On the tenant's own host.
    pub url: String,
    /// From then on it is good for nothing.
    pub expires_at: Timestamp,
}

impl fmt::Debug for LoginLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// How to sign in to a tenant. One of the two answers that carry a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Credentials {
    pub url: String,
    pub login: String,
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("url", &self.url)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}
