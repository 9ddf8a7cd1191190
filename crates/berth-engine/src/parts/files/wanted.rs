//! Whether anybody still waits for the result of a thread.

use std::io;
use std::sync::{Arc, Weak};

/// Held by whoever waits.
#[derive(Debug)]
pub(super) struct Waiting(#[expect(dead_code, reason = "it is only counted")] Arc<()>);

/// Asked by whoever works.
#[derive(Debug)]
pub(super) struct Wanted(Weak<()>);

impl Wanted {
    pub(super) fn new() -> (Waiting, Self) {
        let waiting = Arc::new(());
        let wanted = Self(Arc::downgrade(&waiting));
        (Waiting(waiting), wanted)
    }

    /// Fails when nobody waits any more.
    pub(super) fn check(&self) -> io::Result<()> {
        if self.0.strong_count() == 0 {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "nobody waits for it any more"));
        }
        Ok(())
    }
}
