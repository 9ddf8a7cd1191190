//! `/api/v1/organisations/{org}/uploads`

pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod send;
