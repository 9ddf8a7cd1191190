//! What was found when somebody looked last, for whoever does not wait for a look of their own.
//!
//! # Invariants
//!
//! * What is kept is what the last look of this process found. A new process knows nothing until it has
//!   looked.

use std::sync::{Arc, Mutex, PoisonError};

use berth_domain::Timestamp;

use crate::view::Seen;

/// What the last look found.
#[derive(Debug)]
pub(crate) struct LastLook<T>(Mutex<Option<Arc<Seen<T>>>>);

impl<T> Default for LastLook<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> LastLook<T> {
    /// `None`: nobody has looked yet.
    pub(crate) fn get(&self) -> Option<Arc<Seen<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn keep(&self, found: T, at: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Seen { at, found }));
    }
}
