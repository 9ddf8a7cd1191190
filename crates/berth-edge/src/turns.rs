//! Whether the threads that serve visitors still turn.
//!
//! Each comes round at least twice a second, whatever its visitors do. A thread that does not is stuck:
//! something in it waits without giving way, and its visitors with it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often a thread came round is said so often.
const PAUSE: Duration = Duration::from_millis(500);
/// Stands for a thread that has not begun, or has ended.
const AT_REST: u64 = u64::MAX;

/// How often each thread of an edge came round, for a watchdog. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Turns(Arc<[AtomicU64]>);

impl Turns {
    pub(crate) fn of(threads: NonZeroUsize) -> Self {
        Self((0..threads.get()).map(|_| AtomicU64::new(AT_REST)).collect())
    }

    /// Returns how often each thread came round. `None`: it has not begun, or has ended.
    #[must_use]
    pub fn counts(&self) -> impl ExactSizeIterator<Item = Option<u64>> {
        self.0.iter().map(|turns| Some(turns.load(Ordering::Relaxed)).filter(|it| *it != AT_REST))
    }

    /// Comes round in a thread for as long as `work` there lasts.
    pub(crate) async fn during(&self, thread: usize, work: impl Future<Output = ()>) {
        let Some(turns) = self.0.get(thread) else { return work.await };
        let _rest = Rest(turns);
        let turning = async {
            for count in 0.. {
                turns.store(count, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = turning => {}
            () = work => {}
        }
    }
}

/// Notes that a thread is at rest when its work is over, also when it panicked: who is gone is not
/// stuck.
struct Rest<'a>(&'a AtomicU64);

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.0.store(AT_REST, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_thread_turns_while_it_works_and_rests_before_and_afterwards() {
        let turns = Turns::of(NonZeroUsize::new(2).unwrap());
        let counts = || turns.counts().collect::<Vec<_>>();
        assert_eq!(counts(), [None, None]);

        let work = async {
            while counts()[1].is_none() {
                tokio::task::yield_now().await;
            }
            assert_eq!(counts()[0], None);
        };
        turns.during(1, work).await;

        assert_eq!(counts(), [None, None]);
    }
}
