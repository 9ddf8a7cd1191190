//! What belongs to nobody, on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that carries the label of this home, or one of its names, and belongs to no row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Orphans {
    /// By kind and name.
    pub items: Vec<Orphan>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
}

/// One thing that belongs to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Orphan {
    /// `route`, `container`, `network`, `database`, `role` or `folder`.
    pub kind: String,
    /// As it is called where it is.
    pub name: String,
    pub first_seen: Timestamp,
    /// It was first seen a moment ago, and may be of something that is at work. Removing all leaves it.
    pub is_new: bool,
    /// Why it belongs to nobody, in words.
    pub reason: String,
    /// `null`: it has no size, or finding it out takes long.
    pub size_bytes: Option<u64>,
    /// What can be done: `remove`, `adopt`.
    pub actions: Vec<String>,
}

/// Which orphans to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrphanRemoval {
    /// Kinds and names: `database/t_0123456789`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Everything that is not new, in place of names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Of all, what was first seen so long ago: `1h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_than: Option<String>,
}

/// What came of removing one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OrphanRemoved {
    pub kind: String,
    pub name: String,
    /// Why it is still there. `null`: it is gone.
    pub problem: Option<String>,
}

/// What is left of a tenant whose row is gone, to be made an archived tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// `database/t_0123456789`; its role and its folder go with it.
    pub orphan: String,
    pub name: String,
    /// Default: the name under the base domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Which is to run it. Default: the installation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// `production`, `staging`, `development` or `test`. Default: the installation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// A folder of the host with addons, below one of the configured roots. Development tenants
    /// only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addons: Option<String>,
}
