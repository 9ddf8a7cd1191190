//! Organisations on the wire.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who owns tenants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Organisation {
    pub id: String,
    /// As it stands in paths. It never changes.
    pub name: String,
    /// What people call it. `null`: by its name.
    pub title: Option<String>,
    /// How many tenants it has, in any state.
    pub tenants: u64,
    pub created_at: Timestamp,
    /// What `If-Match` takes, in quotation marks.
    pub etag: String,
}

/// An organisation to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationCreate {
    /// 3 to 40 characters of a-z, 0-9 and `-`, starting with a letter.
    pub name: String,
    /// What people call it: 1 to 100 characters. Default: by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What is to become of an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationSet {
    /// What people call it: 1 to 100 characters. An empty one is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}
