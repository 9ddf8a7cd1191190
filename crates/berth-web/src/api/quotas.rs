//! `/api/v1/organisations/{org}/quotas` and `/quota`

pub(crate) mod clear;
pub(crate) mod list;
pub(crate) mod set;
