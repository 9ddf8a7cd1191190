//! `/api/v1/people`: everybody who has an account, by address or id.

pub(crate) mod disable;
pub(crate) mod list;
pub(crate) mod providers;
pub(crate) mod reset;
pub(crate) mod sessions;
pub(crate) mod show;
