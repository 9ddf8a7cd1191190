//! Who reads which container's log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berth_domain::Timestamp;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long to wait for a follower before it is called off again: another one may have begun.
const AGAIN: Duration = Duration::from_millis(200);

/// One reader's turn for each container.
#[derive(Debug, Default)]
pub(crate) struct Slots(Mutex<HashMap<String, Arc<Slot>>>);

#[derive(Debug, Default)]
struct Slot {
    turn: Arc<Turn<Option<Interruption>>>,
    off: Mutex<CancellationToken>,
}

/// Why a log was not kept for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interruption {
    pub(super) why: String,
    pub(super) since: Timestamp,
    /// Lines of a container that is gone, and that nobody has any more.
    pub(super) lost: u64,
}

/// The right to write a container's log.
#[derive(Debug)]
pub(super) struct Reader {
    /// What is still to be said about the log.
    pub(super) interruption: OwnedMutexGuard<Option<Interruption>>,
    /// Somebody else has to have the turn.
    pub(super) off: CancellationToken,
}

impl Slots {
    /// `None`: somebody reads it already.
    pub(super) fn try_take(&self, workload: &str) -> Option<Reader> {
        let slot = self.slot(workload);
        let interruption = Arc::clone(&slot.turn).try_lock_owned().ok()?;
        let off = slot.off.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(Reader { interruption, off })
    }

    /// Calls off whoever reads it, and takes the turn.
    pub(super) async fn take(&self, workload: &str) -> Reader {
        let slot = self.slot(workload);
        loop {
            let fresh = CancellationToken::new();
            let before = std::mem::replace(
                &mut *slot.off.lock().unwrap_or_else(PoisonError::into_inner),
                fresh.clone(),
            );
            before.cancel();
            let turn = Arc::clone(&slot.turn).lock_owned();
            if let Ok(interruption) = timeout(AGAIN, turn).await {
                return Reader { interruption, off: fresh };
            }
        }
    }

    fn slot(&self, workload: &str) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(workload.to_owned()).or_default())
    }

    /// Forgets containers that are not there and that nobody has anything to say about.
    pub(super) fn forget_all_but(&self, workloads: &[String]) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|name, slot| {
            let has_news = slot.turn.try_lock().map_or(true, |news| news.is_some());
            has_news || workloads.contains(name)
        });
    }
}
