//! `/api/v1/organisations/{org}/tenants/{name}/modules`

pub(crate) mod list;
pub(crate) mod load;
pub(crate) mod uninstall;
