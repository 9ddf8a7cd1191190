//! Modules of a tenant.

use axum::routing::{get, post};
use berth_api::v1 as api;
use berth_domain::access::Right::{Administer, Operate, Read};

use super::{Answer, Route};
use crate::api::tenants::DryRun;
use crate::api::tenants::modules::{list, load, uninstall};

pub(super) fn all() -> Vec<Route> {
    const ALL: &str = "/api/v1/organisations/{org}/tenants/{name}/modules";
    const INSTALL: &str = "/api/v1/organisations/{org}/tenants/{name}/modules/install";
    const UPGRADE: &str = "/api/v1/organisations/{org}/tenants/{name}/modules/upgrade";
    const UNINSTALL: &str = "/api/v1/organisations/{org}/tenants/{name}/modules/uninstall";
    vec![
        Route::new("GET", ALL, Read, get(list::list))
            .about("list_tenant_modules", "Lists the modules that a tenant's database knows.")
            .asks::<list::Filter>()
            .answers(Answer::json::<api::List<api::TenantModule>>(200)),
        Route::new("POST", INSTALL, Operate, load::install())
            .about("install_tenant_modules", "Installs modules in a tenant, with what they need.")
            .asks::<DryRun>()
            .takes::<api::ModuleNames>()
            .begins(),
        Route::new("POST", UPGRADE, Operate, load::upgrade())
            .about("upgrade_tenant_modules", "Upgrades modules of a tenant, and what needs them.")
            .asks::<DryRun>()
            .takes::<api::ModuleNames>()
            .begins(),
        Route::new("POST", UNINSTALL, Administer, post(uninstall::uninstall))
            .about("uninstall_tenant_modules", "Uninstalls modules of a tenant, with their data.")
            .asks::<DryRun>()
            .takes::<api::ModuleRemoval>()
            .begins(),
    ]
}
