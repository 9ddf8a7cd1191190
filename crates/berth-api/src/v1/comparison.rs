//! Tenants as they are to be, on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FieldProblem, TenantSet};

/// Tenants as they are to be, to be held against those that there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantComparison {
    /// At most 1000.
    pub tenants: Vec<TenantWish>,
    /// The tag of tenants that are managed this way. Lists of tags neither add it to a tenant nor take
    /// it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Whether tenants that carry the mark and are not named are to go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prune: bool,
}

/// A tenant as it is to be. What is left out stays as it is; of a tenant that is to be made it takes
/// the installation's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantWish {
    /// 3 to 40 characters of a-z, 0-9 and -, starting with a letter.
    pub name: String,
    /// Full host name. Holds since the creation, and so do `image` to `own_cluster`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `production`, `staging`, `development` or `test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// An image that the engine has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Technical names of the modules to install beside `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modules: Option<Vec<String>>,
    /// A language code of Odoo, such as `de_DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Two capital letters (ISO 3166-1), such as `DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether to load Odoo's demo data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What the administrator types to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_login: Option<String>,
    /// Of the administrator and the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A name of the IANA database, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// A folder of the host with addons. Development tenants only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addons: Option<String>,
    /// Whether it has a PostgreSQL server for itself. For operators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_cluster: Option<bool>,
    /// Cores: `2`, `0.5` or `1500m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// `1GiB`, `1536MiB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// Processes and threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pids: Option<u32>,
    /// How large database and files may be together: `10GiB` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// Who answers for it; empty: nobody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// All of them, but for the mark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Free text; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// When it is suspended by itself: a day (its end, UTC), a time, `never`, or a length of time such
    /// as `14d` that begins when the tenant is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// What is between a tenant and what it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantDifference {
    pub name: String,
    /// What the tenant was compared as, for `If-Match`. `null`: there is none.
    #[serde(default)]
    pub etag: Option<String>,
    /// `create`, `set`, `delete` or `none`.
    pub action: String,
    /// What differs. Empty where nothing does, and of a tenant that is to go.
    pub fields: Vec<FieldDifference>,
    /// Why it cannot be made what it is to be. Empty where nothing stands in the way.
    pub problems: Vec<FieldProblem>,
    /// The body of the `PATCH` that makes the difference vanish. `null` unless the action is `set`.
    pub set: Option<TenantSet>,
}

/// A field that is not as it is to be. Words of a list have commas between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldDifference {
    pub field: String,
    /// `null`: nothing.
    pub before: Option<String>,
    /// `null`: nothing.
    pub after: Option<String>,
}
