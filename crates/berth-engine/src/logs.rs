//! Keeps what containers say, beyond the life of each container.
//!
//! The engine's own log is small and goes with its container. A follower per running container copies
//! it into segments below the tenant's folder, from where it is read back.
//!
//! # Invariants
//!
//! * What was kept last stands in the segments themselves; there is no cursor beside them that could
//!   say something else. A follower goes on after the last whole line, and what the engine says again
//!   is told apart ([`join`]).
//! * One reader of a container's log writes at a time. Before a container is removed its follower is
//!   called off and the rest is read ([`follow::drain`]).
//! * A line is written when it is half a second old, or a few are there. Nothing is flushed to the disk
//!   per line: after a power cut the engine still has what is missing. A packed segment is flushed
//!   before the plain one goes.
//! * Keeping a log never stops a tenant. When it fails it is tried again, and the log says so.

mod filter;
pub(crate) mod follow;
mod history;
mod join;
mod keeping;
mod line;
pub(crate) mod mark;
pub(crate) mod read;
mod segment;
mod shelf;
mod slots;

use std::time::Duration;

use berth_domain::Bytes;
pub use berth_odoo::log_line::{Head, Level, head, is_traceback};

pub(crate) use follow::{catch_up, drain, keep};
pub use line::{Kept, Run, Voice};
pub use mark::{Mark, Marker, NoMark};
pub(crate) use segment::size;
pub(crate) use slots::Slots;

/// How long and how much is kept of the log of one container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogsKept {
    pub keep: Duration,
    /// On disk, packed.
    pub most: Bytes,
}
