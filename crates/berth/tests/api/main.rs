//! The API on a real socket, over a real engine, with containers in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

mod app;
mod audit;
mod bodies;
mod canaries;
mod conditions;
mod console;
mod exec;
mod files;
mod isolation;
mod lists;
mod neighbours;
mod operations;
mod people;
mod protocol;
mod providers;
mod repeats;
mod schedules;
mod socket;
mod streams;
mod system;
mod tcp;
mod tenants;
mod tokens;
mod uploads;
mod webhooks;
