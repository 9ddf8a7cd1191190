//! What travels between Berth and its clients: the JSON of the REST API, one module per version.
//!
//! # Invariants
//!
//! * These types are the contract. Changing a snapshot of this crate changes what clients see.
//! * Requests refuse fields that they do not know; answers may grow fields.
//! * A secret travels to the server in a [`Secret`], which no answer can contain. The only answers
//!   that carry one are [`v1::Credentials`] and [`v1::SetupToken`], which exist for nothing else.
//!
//! Deliberately absent: conversions from the engine's types, which live in `berth-web`.

pub mod secret;
pub mod v1;

pub use secret::Secret;
