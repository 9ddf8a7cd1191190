//! Tests on the real engine. `cargo xtask setup` prepares what they need.

#![expect(clippy::unwrap_used, reason = "a test panics when it cannot go on")]

#[path = "engine/bed.rs"]
mod bed;
#[path = "engine/contract.rs"]
mod contract;
#[path = "engine/drift.rs"]
mod drift;
#[path = "engine/host.rs"]
mod host;
#[path = "engine/many.rs"]
mod many;
#[path = "engine/registry.rs"]
mod registry;
#[path = "engine/setup.rs"]
mod setup;
#[path = "engine/sweep.rs"]
mod sweep;
