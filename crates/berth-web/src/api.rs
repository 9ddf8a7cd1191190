//! The endpoints of `/api/v1`, one file each: the path predicts the file.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod claim;
pub(crate) mod comparisons;
pub(crate) mod disk;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod invitations;
pub(crate) mod members;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod operations;
pub(crate) mod orphans;
pub(crate) mod people;
pub(crate) mod quotas;
pub(crate) mod schedules;
pub(crate) mod session;
pub(crate) mod sessions;
pub(crate) mod setup_token;
pub(crate) mod sign_in;
pub(crate) mod status;
mod stream;
pub(crate) mod tenants;
pub(crate) mod tokens;
pub(crate) mod uploads;
pub(crate) mod webhooks;
