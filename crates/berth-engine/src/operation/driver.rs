//! Carries operations out: claims them, runs what their journal asks for, writes what came of it.
//!
//! # Invariants
//!
//! * There is one driver per home. It claims in its own epoch, and a claim of an older epoch is void
//!   at once, so whatever a killed process left is taken up again without waiting for a lease.
//! * While the engine or PostgreSQL as a whole is away, operations wait and use up no attempt.
//! * Imports work for hours, so they never take more than half of the places.
//! * Only the driver sleeps between attempts; steps never retry by themselves.
//! * Dropping a step's future is what a crash is: its undo, or its next run, copes.

mod outage;
mod run;
#[cfg(test)]
mod testing;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use berth_domain::operation::OperationKind;
use berth_domain::{OperationId, Timestamp, chain};
use berth_odoo::rework::Rework;
use berth_store::operations::{self, Capacity, Operation};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Context;
use crate::engine::Inner;
use crate::{reconciler, sagas};

/// How long a claim holds without being renewed.
const LEASE: Duration = Duration::from_secs(15);
/// How often a claim is renewed.
const RENEW: Duration = Duration::from_secs(5);
/// How often the driver looks for work that nobody told it about.
const LOOK: Duration = Duration::from_secs(1);

/// How long to wait before an attempt: none, then 0.5 s, 2 s, 5 s.
pub(crate) fn backoff(attempt: u32) -> Duration {
    match attempt {
        0 | 1 => Duration::ZERO,
        2 => Duration::from_millis(500),
        3 => Duration::from_secs(2),
        _ => Duration::from_secs(5),
    }
}

/// What others may tell the driver.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    /// There may be something to claim.
    work: Notify,
    at_work: Mutex<HashMap<OperationId, CancellationToken>>,
}

impl Bell {
    /// Says that an operation was written or asked to move.
    pub(crate) fn ring(&self) {
        self.work.notify_one();
    }

    /// Interrupts the step that an operation is in, so that it reads its journal again.
    pub(crate) fn interrupt(&self, id: OperationId) {
        let at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = at_work.get(&id) {
            token.cancel();
        }
    }

    pub(crate) fn at_work(&self) -> usize {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Replaces the token of an operation after it was used, or makes its first.
    fn arm(&self, id: OperationId) -> CancellationToken {
        let token = CancellationToken::new();
        let mut at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        at_work.insert(id, token.clone());
        token
    }

    fn disarm(&self, id: OperationId) {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// Drives operations until told to stop. What is at work then is left to the next start.
pub(crate) async fn drive(engine: Arc<Inner>, epoch: i64, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    let mut imports = HashSet::new();
    while !stop.is_cancelled() {
        let room = room(engine.settings.concurrency, tasks.len(), imports.len());
        if room.all > 0 {
            let claimed = tokio::select! {
                claimed = claim(&engine, epoch, room) => claimed,
                () = stop.cancelled() => break,
            };
            match claimed {
                Ok(claimed) => {
                    for operation in claimed {
                        let is_import = operation.kind == OperationKind::TenantImport;
                        let task = tasks.spawn(carry_out(Arc::clone(&engine), operation, epoch));
                        if is_import {
                            imports.insert(task.id());
                        }
                    }
                }
                Err(error) => tracing::error!(error = %chain(&error), "cannot claim operations"),
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = engine.bell.work.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
            Some(ended) = tasks.join_next_with_id() => {
                imports.remove(&match ended {
                    Ok((id, ())) => id,
                    Err(error) => error.id(),
                });
            }
        }
    }
    // Whoever drives next must not meet a step of ours that is still being cut off.
    tasks.shutdown().await;
}

/// How much more may be begun while so much is at work.
fn room(places: u32, at_work: usize, imports: usize) -> Capacity {
    let left = |places: u32, taken| places.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX));
    Capacity { all: left(places, at_work), imports: left((places / 2).max(1), imports) }
}

async fn claim(
    engine: &Inner,
    epoch: i64,
    room: Capacity,
) -> Result<Vec<Operation>, berth_store::StoreError> {
    let now = engine.clock.now();
    let mut tx = engine.store.begin().await?;
    let claimed = operations::claim(&mut tx, epoch, now, lease_end(now), room).await?;
    tx.commit().await?;
    for error in &claimed.unreadable {
        tracing::error!(%error, "an operation cannot be read");
    }
    Ok(claimed.rows)
}

fn lease_end(now: Timestamp) -> Timestamp {
    now + LEASE
}

/// Carries one operation out, keeping its lease alive meanwhile.
async fn carry_out(engine: Arc<Inner>, operation: Operation, epoch: i64) {
    let id = operation.id;
    engine.bell.arm(id);
    let reporter = engine.reports.of(&operation);
    let context = Context { engine: Arc::clone(&engine), operation, reporter };
    let work = async {
        // Whoever is putting the tenant right finishes what it is at, and leaves it alone then.
        let _lock = match context.operation.tenant {
            Some(tenant) => Some(engine.locks.lock(&reconciler::lock_name(tenant)).await),
            None => None,
        };
        run_kind(&context, epoch).await
    };
    tokio::select! {
        result = work => if let Err(error) = result {
            tracing::error!(operation.id = %id, %error, "an operation stopped halfway");
        },
        () = keep_lease(&engine, id, epoch) => {
            tracing::warn!(operation.id = %id, "another driver has taken an operation over");
        }
    }
    engine.bell.disarm(id);
}

/// Returns when the lease is lost.
async fn keep_lease(engine: &Inner, id: OperationId, epoch: i64) {
    loop {
        tokio::time::sleep(RENEW).await;
        match renew(engine, id, epoch).await {
            Ok(berth_store::Change::Updated) => {}
            Ok(berth_store::Change::Unchanged) => return,
            // The store may come back before the lease ends, and no write passes without it anyway.
            Err(error) => tracing::warn!(error = %chain(&error), "cannot renew a lease"),
        }
    }
}

async fn renew(
    engine: &Inner,
    id: OperationId,
    epoch: i64,
) -> Result<berth_store::Change, berth_store::StoreError> {
    let mut tx = engine.store.begin().await?;
    let end = lease_end(engine.clock.now());
    let change = operations::renew(&mut tx, id, epoch, end).await?;
    tx.commit().await?;
    Ok(change)
}

async fn run_kind(context: &Context, epoch: i64) -> Result<(), run::Halt> {
    use OperationKind as K;
    use sagas::modules::Modules;
    use sagas::put_away::PutAway;
    use sagas::stop::Stop;

    match context.operation.kind {
        K::TenantCreate => run::run(&sagas::create::Create, context, epoch).await,
        K::TenantAdopt => run::run(&sagas::adopt::Adopt, context, epoch).await,
        K::TenantImport => run::run(&sagas::import::Import, context, epoch).await,
        K::TenantStart | K::TenantResume => run::run(&sagas::start::Start, context, epoch).await,
        K::TenantStop => run::run(&Stop::Stopped, context, epoch).await,
        K::TenantSuspend => run::run(&Stop::Suspended, context, epoch).await,
        K::TenantRestart => run::run(&sagas::restart::Restart, context, epoch).await,
        K::TenantSet => run::run(&sagas::set::Set, context, epoch).await,
        K::TenantRename => run::run(&sagas::rename::Rename, context, epoch).await,
        K::TenantInstallModules => run::run(&Modules(Rework::Install), context, epoch).await,
        K::TenantUpgradeModules => run::run(&Modules(Rework::Upgrade), context, epoch).await,
        K::TenantUninstallModules => run::run(&Modules(Rework::Uninstall), context, epoch).await,
        K::TenantArchive => run::run(&PutAway::Archived, context, epoch).await,
        K::TenantDelete => run::run(&PutAway::Deleted, context, epoch).await,
        K::TenantUnarchive | K::TenantRestoreDeleted => {
            run::run(&sagas::bring_back::BringBack, context, epoch).await
        }
        K::TenantPurge => run::run(&sagas::purge::Purge, context, epoch).await,
        K::Demo => run::run(&sagas::demo::Demo, context, epoch).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_have_half_of_the_places_and_at_least_one() {
        assert_eq!(room(4, 0, 0), Capacity { all: 4, imports: 2 });
        assert_eq!(room(4, 2, 2), Capacity { all: 2, imports: 0 });
        assert_eq!(room(4, 3, 1), Capacity { all: 1, imports: 1 });
        assert_eq!(room(1, 0, 0), Capacity { all: 1, imports: 1 });
        assert_eq!(room(2, 5, 5), Capacity { all: 0, imports: 0 });
    }
}
