//! The command line against a server that answers what the test wants.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

mod changes;
mod completions;
mod config;
mod exec;
mod export;
mod failures;
mod fake;
mod files;
mod healing;
mod imports;
mod interactive;
mod lists;
mod logs;
mod modules;
mod organisations;
mod people;
mod run;
mod schedules;
mod secrets;
mod service;
mod tokens;
mod waiting;
