//! `/api/v1/organisations/{org}/schedules`

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod set;
pub(crate) mod show;

/// `{org}` and `{name}` of a path.
type SchedulePath = (String, String);
