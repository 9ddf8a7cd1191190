//! `/api/v1/organisations/{org}/operations`

pub(crate) mod cancel;
pub(crate) mod create_demo;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod release;
pub(crate) mod retry;
pub(crate) mod show;
pub(crate) mod undo;

/// `{org}` and `{id}` of a path.
pub(crate) type OperationPath = (String, String);
