//! Modules of a tenant.

use super::super::{ModuleNames, ModuleRemoval, TenantModule};

#[must_use]
pub fn tenant_module() -> TenantModule {
    TenantModule {
        name: "crm".to_owned(),
        title: "CRM".to_owned(),
        summary: "Track leads and close opportunities".to_owned(),
        author: "Odoo S.A.".to_owned(),
        state: "installed".to_owned(),
        installed_version: Some("19.0.1.8".to_owned()),
        available_version: Some("19.0.1.9".to_owned()),
        outdated: true,
        application: true,
    }
}

#[must_use]
pub fn module_names() -> ModuleNames {
    ModuleNames { modules: vec!["contacts".to_owned(), "crm".to_owned()] }
}

#[must_use]
pub fn module_removal() -> ModuleRemoval {
    ModuleRemoval { modules: vec!["crm".to_owned()], with_dependents: true }
}
