//! Getting stuck on purpose, for tests of the watchdog.

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::task::TaskTracker;

/// More than any runtime has threads.
const EVERYBODY: usize = 256;

/// From here on SIGUSR1 stops every thread of the runtime for ever.
pub(super) fn on_signal() -> anyhow::Result<()> {
    let mut told = signal(SignalKind::user_defined1()).context("listen for SIGUSR1")?;
    let tasks = TaskTracker::new();
    let stuck = tasks.clone();
    tasks.spawn(async move {
        told.recv().await;
        for _ in 0..EVERYBODY {
            stuck.spawn(async {
                loop {
                    std::thread::park();
                }
            });
        }
    });
    Ok(())
}
