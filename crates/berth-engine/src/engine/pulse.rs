//! The locks that everything goes through, for a watchdog to feel.

use crate::Engine;

/// One of them. None is ever held while something is waited for, so each is free within a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    Routes,
    Operations,
    Locks,
}

impl Pulse {
    pub const ALL: [Self; 3] = [Self::Routes, Self::Operations, Self::Locks];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Routes => "routes",
            Self::Operations => "operations",
            Self::Locks => "locks",
        }
    }
}

impl Engine {
    /// Takes the lock and releases it. Blocks the thread for as long as somebody else holds it.
    pub fn feel(&self, pulse: Pulse) {
        match pulse {
            Pulse::Routes => self.0.routes.feel(),
            Pulse::Operations => {
                // The number is behind the lock.
                let _ = self.0.bell.at_work();
            }
            Pulse::Locks => self.0.locks.feel(),
        }
    }
}
