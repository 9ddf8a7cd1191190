//! Waiting for a condition instead of for a while.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until `condition` holds.
///
/// # Panics
///
/// When the deadline passes first.
pub async fn until(deadline: Duration, mut condition: impl AsyncFnMut() -> bool) {
    let found = until_some(deadline, async || condition().await.then_some(()));
    found.await;
}

/// Waits until `find` finds something, and returns it.
///
/// # Panics
///
/// When the deadline passes first, also while `find` is still looking.
pub async fn until_some<T>(deadline: Duration, mut find: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + deadline;
    loop {
        match timeout_at(end, find()).await {
            Ok(Some(found)) => return found,
            Ok(None) if Instant::now() < end => sleep(PAUSE).await,
            _ => panic!("the condition did not come true within {deadline:?}"),
        }
    }
}
