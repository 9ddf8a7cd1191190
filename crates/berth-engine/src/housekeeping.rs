//! Forgetting what nobody asks for any more.

use std::time::Duration;

use berth_domain::chain;
use berth_store::{StoreError, deliveries, events, idempotency, schedules};

use crate::engine::Inner;

/// How often to look.
const EVERY: Duration = Duration::from_hours(1);
/// How long log lines and events of operations are kept. The operations themselves stay.
const EVENTS: Duration = Duration::from_hours(24 * 90);
/// How long runs of schedules and messages that are at rest are kept.
const RUNS: Duration = Duration::from_hours(24 * 90);
/// How long a request is recognised when it is sent again.
const REQUESTS: Duration = Duration::from_hours(24 * 2);

/// Forgets for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    loop {
        match forget(engine).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "old events were forgotten"),
            Err(error) => tracing::warn!(error = %chain(&error), "cannot forget old events"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn forget(engine: &Inner) -> Result<u64, StoreError> {
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    let requests = idempotency::trim(&mut tx, now - REQUESTS).await?;
    let events = events::trim(&mut tx, now - EVENTS).await?;
    let runs = schedules::trim_runs(&mut tx, now - RUNS).await?;
    let messages = deliveries::trim(&mut tx, now - RUNS).await?;
    deliveries::trim_troubles(&mut tx, now - RUNS).await?;
    tx.commit().await?;
    Ok(requests + events + runs + messages)
}
