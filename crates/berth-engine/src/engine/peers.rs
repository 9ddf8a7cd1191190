//! Hearing of what other processes wrote into a shared control database.
//!
//! Inside one process whoever writes tells whoever waits. Between processes the database is the only
//! way, so it is asked: for the number of the newest event, and by the driver for operations that were
//! told something elsewhere.

use std::time::Duration;

use berth_store::{StoreError, events};

use super::{Inner, Role};
use berth_domain::chain;

const LOOK: Duration = Duration::from_millis(500);

/// Listens for as long as the engine lives. Returns at once when nobody else can write.
pub(super) async fn listen(engine: &Inner) {
    if !engine.store.is_shared() {
        return;
    }
    let mut seen = None;
    let mut failed = false;
    loop {
        match look(engine, seen).await {
            Ok(latest) => {
                failed = false;
                seen = Some(latest);
            }
            Err(error) if !failed => {
                failed = true;
                tracing::warn!(error = %chain(&error), "cannot look for events of other processes");
            }
            Err(_) => {}
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Passes on what happened after the event `seen`, and returns the newest. `None`: nothing was looked
/// at before, and nobody can have missed anything.
async fn look(engine: &Inner, seen: Option<i64>) -> Result<i64, StoreError> {
    let mut tx = engine.store.read().await?;
    let latest = events::latest(&mut tx).await?;
    let Some(seen) = seen.filter(|seen| *seen != latest) else { return Ok(latest) };
    let asked = events::asked_since(&mut tx, seen).await?;
    drop(tx);
    if engine.role() == Role::Driver {
        for operation in asked {
            engine.bell.interrupt(operation);
        }
        engine.bell.ring();
    }
    engine.announce();
    Ok(latest)
}
