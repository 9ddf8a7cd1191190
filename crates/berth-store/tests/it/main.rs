//! Every query, on both databases.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

mod blueprints;
mod claims;
mod deadlines;
mod driving;
mod events;
mod home;
mod journal;
mod names;
mod observations;
mod opening;
mod operations;
mod orphans;
mod quotas;
mod secrets;
mod small_tables;
mod subnets;
mod tenants;
