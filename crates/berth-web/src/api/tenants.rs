//! `/api/v1/organisations/{org}/tenants`

pub(crate) mod archive;
mod change;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod eject;
pub(crate) mod exec;
mod exec_session;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod list;
pub(crate) mod login_link;
pub(crate) mod logs;
pub(crate) mod modules;
pub(crate) mod password;
pub(crate) mod plan;
pub(crate) mod reconcile;
pub(crate) mod rename;
pub(crate) mod restart;
pub(crate) mod restore_deleted;
pub(crate) mod resume;
pub(crate) mod set;
pub(crate) mod show;
pub(crate) mod start;
pub(crate) mod statistics;
pub(crate) mod stop;
pub(crate) mod suspend;
pub(crate) mod unarchive;

pub(crate) use change::{DryRun, accepted, planned};

/// `{org}` and `{name}` of a path.
pub(crate) type TenantPath = (String, String);
