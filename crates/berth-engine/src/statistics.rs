//! Samples what tenants use: their containers, and what visitors ask of them.
//!
//! # Invariants
//!
//! * The container engine is asked about so many containers a second and no more, however many there are:
//!   a round of very many takes longer than a minute, and the next one begins when it is over.
//! * An engine that does not answer is left alone for the rest of a round. What nobody knows is written
//!   as unknown.
//! * Of what does not run and is not visited there is no sample: a gap is a gap.
//! * Only the newest hours are kept as they were taken. What is older is merged from what is stored, so a
//!   process that ends loses nothing but the round that it was in.

mod take;
mod tidy;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use berth_domain::statistics::Step;
use berth_domain::{TenantId, Timestamp, chain};
use berth_runtime::{RuntimeError, Stats, WorkloadName};
use berth_store::StoreError;
use berth_store::statistics::{self, Sampled};
use futures_util::future::join_all;
use tokio::time::Instant;

use crate::engine::Inner;
use take::Looked;
pub(crate) use take::Memory;

/// How often everybody is looked at.
const EVERY: Duration = Duration::from_mins(1);
/// How many tenants are read and written at a time.
const AT_A_TIME: u32 = 128;
/// How many containers the engine is asked about in each second. At once, because Docker 20.10 answers all
/// who wait once a second (ADR 0027).
const A_SECOND: usize = 32;
/// How often what is older is merged and forgotten.
const TIDY: Duration = Duration::from_mins(5);

/// Samples for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    let mut tidied: Option<Instant> = None;
    loop {
        let began = Instant::now();
        if let Err(error) = round(engine).await {
            tracing::warn!(error = %chain(&error), "cannot keep what tenants use");
        }
        if tidied.is_none_or(|at| at.elapsed() >= TIDY) {
            tidied = Some(Instant::now());
            if let Err(error) = tidy::tidy(engine).await {
                tracing::warn!(error = %chain(&error), "cannot merge what tenants used");
            }
        }
        tokio::time::sleep_until(began + EVERY).await;
    }
}

/// Looks at everybody once.
pub(crate) async fn round(engine: &Inner) -> Result<(), StoreError> {
    let at = engine.clock.now();
    let answers = Answers::default();
    let (mut after, mut there) = (None, Vec::new());
    loop {
        let mut tx = engine.store.read().await?;
        let found = statistics::sampled(&mut tx, after, AT_A_TIME).await?;
        drop(tx);
        for error in &found.unreadable {
            tracing::error!(%error, "a tenant cannot be read");
        }
        there.extend(found.rows.iter().map(|one| one.tenant));
        let looked = look_at_all(engine, &found.rows, &answers).await;
        let samples = engine.statistics.take(at, looked);
        if !samples.is_empty() {
            let mut tx = engine.store.begin().await?;
            statistics::write(&mut tx, Step::Minute, &samples).await?;
            tx.commit().await?;
        }
        match (found.next, found.rows.last()) {
            (Some(_), Some(last)) => after = Some(last.tenant),
            _ => break,
        }
    }
    engine.statistics.forget_all_but(&there);
    Ok(())
}

/// Looks at some after the others. Whoever comes next is not looked at before the second is over.
async fn look_at_all(engine: &Inner, all: &[Sampled], answers: &Answers) -> Vec<Looked> {
    let mut looked = Vec::with_capacity(all.len());
    for some in all.chunks(A_SECOND) {
        let next = Instant::now() + Duration::from_secs(1);
        looked.extend(join_all(some.iter().map(|one| look(engine, one, answers))).await);
        if looked.len() < all.len() {
            tokio::time::sleep_until(next).await;
        }
    }
    looked
}

/// Whether the engine answered in this round.
#[derive(Debug, Default)]
struct Answers {
    is_silent: AtomicBool,
}

async fn look(engine: &Inner, one: &Sampled, answers: &Answers) -> Looked {
    let stats = stats(engine, one.tenant, answers).await;
    Looked {
        tenant: one.tenant,
        at: engine.clock.now(),
        stats,
        database: one.database,
        requests: engine.traffic.of(one.tenant),
    }
}

/// What its container uses. `None`: none runs, or the engine does not say.
async fn stats(engine: &Inner, tenant: TenantId, answers: &Answers) -> Option<Stats> {
    if answers.is_silent.load(Ordering::Relaxed) {
        return None;
    }
    let workload = WorkloadName::tenant(&tenant.object_name());
    match engine.runtime.telemetry.stats(&workload).await {
        // A container that does not run uses nothing at all.
        Ok(stats) => (stats.pids > 0 || stats.memory.0 > 0).then_some(stats),
        Err(RuntimeError::NoSuchWorkload(_)) => None,
        Err(error) => {
            if error.may_pass() && !answers.is_silent.swap(true, Ordering::Relaxed) {
                tracing::debug!(error = %chain(&error), "the engine does not say what tenants use");
            }
            None
        }
    }
}

/// Since when what so many tenants used is not out of date: two rounds of them, and a little more.
pub(crate) fn is_recent_since(now: Timestamp, tenants: u64) -> Timestamp {
    let round = Duration::from_secs(tenants.div_ceil(A_SECOND as u64));
    now - (EVERY + 2 * round.max(EVERY))
}

#[cfg(test)]
mod tests;
