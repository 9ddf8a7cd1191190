//! Every query, on both databases.

#![expect(clippy::unwrap_used, reason = "everything here is a test")]

mod audit;
mod blueprints;
mod claims;
mod deadlines;
mod driving;
mod events;
mod foreign;
mod home;
mod journal;
mod messages;
mod names;
mod neighbours;
mod observations;
mod opening;
mod operations;
mod organisations;
mod orphans;
mod people;
mod quotas;
mod schedules;
mod secrets;
mod small_tables;
mod somebody;
mod statistics;
mod storage;
mod subnets;
mod tenants;
mod tokens;
mod uploads;
