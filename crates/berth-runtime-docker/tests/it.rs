//! Tests that need no engine: engines that do not do what they should.

#![expect(clippy::unwrap_used, reason = "a test panics when it cannot go on")]

#[path = "it/engines.rs"]
mod engines;
#[path = "it/unhelpful.rs"]
mod unhelpful;
