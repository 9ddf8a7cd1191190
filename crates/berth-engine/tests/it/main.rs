//! The engine over a real control database and a real PostgreSQL server, with containers in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

mod admission;
mod harness;
mod life;
mod reconciler;
mod world;
