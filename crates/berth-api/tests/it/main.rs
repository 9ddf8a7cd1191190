//! The wire, byte for byte.

mod requests;
mod snapshots;
