//! Backups that were sent in, and tenants that are made of them, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A backup that was sent in, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Upload {
    /// `upl_…`.
    pub id: String,
    /// What the file was called where it came from.
    pub name: String,
    pub size_bytes: u64,
    /// The import that is at work on it. `null`: it waits for one.
    pub operation: Option<String>,
    pub created_at: Timestamp,
    /// `local:<uid>`.
    pub created_by: String,
}

/// A tenant to be made of a backup that was sent in. What its Odoo is set up as stands in the backup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantImport {
    /// `upl_…`, of a backup that was sent to `…/uploads`.
    pub upload: String,
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// Full host name. Default: the name under the base domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `production`, `staging`, `development` or `test`. Default: the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// An image that the engine has, of the backup's Odoo version. Default: the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Whether to make it harmless: no mail, no jobs, no payments. Default: unless it is a production
    /// tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neutralize: Option<bool>,
    /// Whether modules may be installed that the image does not have.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_missing_modules: bool,
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
