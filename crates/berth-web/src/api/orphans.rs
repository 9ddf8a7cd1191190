//! `/api/v1/orphans` and `/api/v1/organisations/{org}/adoptions`

pub(crate) mod adopt;
pub(crate) mod list;
pub(crate) mod remove;
