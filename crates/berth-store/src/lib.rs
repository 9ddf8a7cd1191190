//! The control database: one text of SQL on SQLite and PostgreSQL.
//!
//! # Invariants
//!
//! * Only the engine opens transactions; every function here takes an open [`Tx`], so the caller
//!   decides what is atomic.
//! * What leaves this crate is a domain type that passed every check. A row that a newer version
//!   wrote, or that somebody edited, is reported as [`StoreError::Unknown`] and never panics.
//! * Writes of an operation's driver are fenced: they name the epoch of the lease and change nothing
//!   once a newer epoch began.
//! * Secrets are sealed before they reach SQL and opened after they leave it.
//! * Events are appended last in their transaction: the counter that numbers them in commit order
//!   is one locked row, and taking it last keeps writers from waiting for each other in circles.
//!
//! Deliberately absent: repository traits, compile-time checked SQL, retries. A write that lost
//! against another one says so ([`StoreError::is_transient`]), nothing of it is kept, and whoever asked
//! is told to ask again.

pub mod audit;
pub mod blueprints;
pub mod claim;
pub mod clusters;
pub mod deadlines;
pub mod deliveries;
pub mod disks;
pub mod driving;
pub mod epoch;
pub mod events;
pub mod foreign;
pub mod given;
pub mod idempotency;
pub mod images;
pub mod invitations;
pub mod memberships;
pub mod names;
pub mod observations;
pub mod operations;
pub mod organisations;
pub mod orphans;
pub mod people;
pub mod quotas;
pub mod schedules;
pub mod second_factors;
pub mod secrets;
pub mod sessions;
pub mod statistics;
pub mod storage;
pub mod subnets;
pub mod subscriptions;
pub mod tenants;
pub mod tokens;
pub mod uploads;

mod arg;
mod error;
mod key;
mod listed;
mod migrate;
#[cfg(test)]
mod plan;
mod postgres;
mod record;
mod sqlite;
mod store;
mod tx;

pub use error::StoreError;
pub use key::{Key, KeyError};
pub use listed::{Listed, Page, Part};
pub use store::{Backup, Location, Store};
pub use tx::{Change, Tx};
