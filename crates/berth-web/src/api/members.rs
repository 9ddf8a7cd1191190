//! `/api/v1/organisations/{org}/members`: people by address or id.

pub(crate) mod list;
pub(crate) mod sessions;
pub(crate) mod set;
