//! The real server without a container engine: who listens, who drives, who takes over from whom.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a test that fails")]

mod canaries;
mod handover;
mod messages;
mod pages;
mod providers;
mod remote;
mod schema;
mod server;
mod shutdown;
mod standby;
mod systemd;
