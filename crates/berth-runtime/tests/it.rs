//! Tests of the fake that need no engine.

#![expect(clippy::unwrap_used, reason = "a test panics when it cannot go on")]

#[path = "it/bed.rs"]
mod bed;
#[path = "it/contract.rs"]
mod contract;
#[path = "it/faults.rs"]
mod faults;
