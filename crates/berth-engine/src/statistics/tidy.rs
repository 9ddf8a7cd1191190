//! Merges what is older, and forgets what is old.

use berth_domain::statistics::{Sample, Step, merge};
use berth_domain::{TenantId, Timestamp};
use berth_store::{StoreError, statistics};

use crate::engine::Inner;

/// Merges every step that is over and was not merged yet, the finest first.
pub(super) async fn tidy(engine: &Inner) -> Result<(), StoreError> {
    let now = engine.clock.now();
    // First of all, because a sample from the future would count as the last that was merged.
    let mut tx = engine.store.begin().await?;
    let gone = statistics::trim(&mut tx, now).await?;
    tx.commit().await?;
    if gone > 0 {
        tracing::debug!(gone, "old samples were forgotten");
    }
    for fine in Step::ALL {
        if let Some(coarse) = fine.coarser() {
            merge_what_is_over(engine, (fine, coarse), now).await?;
        }
    }
    Ok(())
}

/// Merges each step that is over, in a transaction of its own.
async fn merge_what_is_over(
    engine: &Inner,
    (fine, coarse): (Step, Step),
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = engine.store.read().await?;
    let mut merged_until = statistics::merged_until(&mut tx, coarse).await?;
    drop(tx);
    loop {
        let mut tx = engine.store.read().await?;
        let first = statistics::unmerged(&mut tx, fine, merged_until).await?;
        let over = first.map(|first| (coarse.begin(first), coarse.end(first)));
        let Some((from, until)) = over.filter(|(_, until)| *until <= now) else { return Ok(()) };
        let found = statistics::between(&mut tx, fine, (from, until)).await?;
        drop(tx);
        for error in &found.unreadable {
            tracing::warn!(%error, "a sample cannot be read");
        }
        let mut tx = engine.store.begin().await?;
        statistics::write(&mut tx, coarse, &merge_each(&found.rows, coarse)).await?;
        tx.commit().await?;
        // Also where all of it was of tenants that are gone, so that nothing was written.
        merged_until = Some(until);
    }
}

/// Merges the samples of each tenant, which stand together.
fn merge_each(samples: &[(TenantId, Sample)], step: Step) -> Vec<(TenantId, Sample)> {
    let of_one = |part: &[(TenantId, Sample)]| {
        let tenant = part[0].0;
        let own: Vec<Sample> = part.iter().map(|(_, sample)| sample.clone()).collect();
        merge(&own, step).into_iter().map(move |sample| (tenant, sample)).collect::<Vec<_>>()
    };
    samples.chunk_by(|(one, _), (next, _)| one == next).flat_map(of_one).collect()
}
