//! `/api/v1/organisations/{org}/tokens` and `/api/v1/tokens`

pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod revoke;
