//! Locks that are known by a key, for work that several operations need done once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Hands out one lock per key. Keys that nobody holds cost nothing.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    by_key: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
}

impl Locks {
    /// Takes the lock of the locks and releases it.
    pub(crate) fn feel(&self) {
        drop(self.by_key.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Waits for the lock of `key`; it is released when the guard is dropped.
    pub(crate) async fn lock(&self, key: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
            by_key.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(by_key.entry(key.to_owned()).or_default())
        };
        lock.lock_owned().await
    }
}
