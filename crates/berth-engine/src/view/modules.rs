//! Modules of a tenant.

use berth_domain::{ModuleName, ModuleState, TenantName};

use super::Listing;

/// Some of the modules of a tenant, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModulesView {
    pub tenant: TenantName,
    pub listing: Listing<ModuleView>,
    /// How many modules there are that the filter lets through.
    pub matching: usize,
    /// How many are installed, whatever the filter.
    pub installed: usize,
    /// Of how many the image has another version than the database.
    pub outdated: usize,
}

/// One module, as the database and the image know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleView {
    pub name: ModuleName,
    /// For people. Whoever wrote the module wrote it.
    pub title: String,
    pub summary: String,
    pub author: String,
    pub state: ModuleState,
    /// `None`: it is not installed.
    pub installed: Option<String>,
    /// `None`: the image does not have it.
    pub available: Option<String>,
    pub is_outdated: bool,
    pub is_application: bool,
}
