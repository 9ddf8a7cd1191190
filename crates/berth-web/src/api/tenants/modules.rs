//! `/api/v1/organisations/{org}/tenants/{name}/modules`

pub(crate) mod install;
pub(crate) mod list;
pub(crate) mod uninstall;
pub(crate) mod upgrade;
