//! Modules of a tenant, on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One module of Odoo, as a tenant's database and its image know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TenantModule {
    /// Its technical name.
    pub name: String,
    /// What people call it. Empty: it has no title.
    pub title: String,
    pub summary: String,
    pub author: String,
    /// `installed`, `uninstalled`, `uninstallable`, or what was begun and not finished: `to_install`,
    /// `to_upgrade`, `to_remove`.
    pub state: String,
    /// The version in the database. `null`: it is not installed.
    pub installed_version: Option<String>,
    /// The version that the image has. `null`: the image does not have the module.
    pub available_version: Option<String>,
    /// Whether the image has another version than the database.
    pub outdated: bool,
    /// Whether it is an application, not a part of one.
    pub application: bool,
}

/// Modules that are to be installed or upgraded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleNames {
    /// Technical names.
    pub modules: Vec<String>,
}

/// Modules that are to be uninstalled, with what they keep in the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleRemoval {
    /// Technical names.
    pub modules: Vec<String>,
    /// Whether everything goes that needs them, too. A dry run says what that is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_dependents: bool,
}
