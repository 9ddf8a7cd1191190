//! Looks at tenants for whoever opens a page of one, and remembers what was found.
//!
//! # Invariants
//!
//! * Whoever asks is answered out of memory: nobody waits for the container engine, for PostgreSQL or for
//!   a tenant.
//! * However many people look, a tenant is looked at once at a time, a few of them at a time, and not
//!   again before what is known of it is old.
//! * All of it can be found out again, so that it is lost with the process.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use berth_domain::{Tenant, TenantId, Timestamp, chain};
use berth_runtime::{ObservedState, WorkloadName};
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use crate::engine::Inner;
use crate::view::{CheckupView, ContainerView};
use crate::{health, reconciler};

/// How old what is known may be before a tenant is looked at again.
const FRESH: Duration = Duration::from_secs(15);
/// How long what was found is remembered.
const KEPT: Duration = Duration::from_hours(1);
/// How many tenants are looked at at once.
const AT_ONCE: usize = 4;
/// How many wait for that. Who comes later comes again.
const MOST_WAITING: usize = 64;
/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was found, and who is to be looked at.
#[derive(Debug, Default)]
pub(crate) struct Checkups {
    state: Mutex<State>,
    wanted: Notify,
}

#[derive(Debug, Default)]
struct State {
    known: BTreeMap<TenantId, CheckupView>,
    waiting: VecDeque<Tenant>,
    at_work: BTreeSet<TenantId>,
}

impl Checkups {
    /// Returns what was found last of a tenant, and whether it is about to be looked at again. What was
    /// found when it ran says nothing of one that does not.
    pub(crate) fn ask(&self, tenant: &Tenant, now: Timestamp) -> (Option<CheckupView>, bool) {
        let mut state = self.state();
        let known = state.known.get(&tenant.id).cloned();
        let known = known.filter(|known| known.was_up == tenant.state.is_up());
        let is_fresh = known.as_ref().is_some_and(|known| age(known.at, now) < FRESH);
        if is_fresh {
            return (known, false);
        }
        let is_asked_for = state.at_work.contains(&tenant.id)
            || state.waiting.iter().any(|waiting| waiting.id == tenant.id);
        if !is_asked_for && state.waiting.len() >= MOST_WAITING {
            return (known, false);
        }
        if !is_asked_for {
            state.waiting.push_back(tenant.clone());
            self.wanted.notify_one();
        }
        (known, true)
    }

    /// Waits for a tenant that is to be looked at.
    async fn next(&self) -> Tenant {
        loop {
            if let Some(tenant) = self.begin() {
                return tenant;
            }
            self.wanted.notified().await;
        }
    }

    fn begin(&self) -> Option<Tenant> {
        let mut state = self.state();
        let tenant = state.waiting.pop_front()?;
        state.at_work.insert(tenant.id);
        Some(tenant)
    }

    fn end(&self, ended: Result<(TenantId, CheckupView), JoinError>) {
        let mut state = self.state();
        match ended {
            Ok((id, found)) => {
                let now = found.at;
                state.known.retain(|_, known| age(known.at, now) < KEPT);
                state.known.insert(id, found);
                state.at_work.remove(&id);
            }
            Err(error) => {
                // Whose it was is not said; whoever still wants to know asks again.
                tracing::error!(%error, "looking at a tenant ended in a panic");
                state.at_work.clear();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is of a clock that was ahead is as old as can be.
fn age(at: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(at).try_into().unwrap_or(Duration::MAX)
}

/// Looks at whoever is to be looked at, until the engine stops.
pub(crate) async fn keep(engine: Arc<Inner>) {
    let mut looks = JoinSet::new();
    loop {
        tokio::select! {
            () = engine.stop.cancelled() => return,
            tenant = engine.checkups.next(), if looks.len() < AT_ONCE => {
                let engine = Arc::clone(&engine);
                looks.spawn(async move { (tenant.id, look(&engine, &tenant).await) });
            }
            Some(ended) = looks.join_next() => engine.checkups.end(ended),
        }
    }
}

async fn look(engine: &Inner, tenant: &Tenant) -> CheckupView {
    let was_up = tenant.state.is_up();
    let found = timeout(PATIENCE, async {
        let container = container(engine, tenant).await;
        let probes = if was_up { health::probe(engine, tenant).await } else { Vec::new() };
        (container, probes)
    });
    let ((container, problem), probes) = found.await.unwrap_or_else(|_elapsed| {
        let seconds = PATIENCE.as_secs();
        ((None, Some(format!("nothing was found out within {seconds} s"))), Vec::new())
    });
    CheckupView { at: engine.clock.now(), was_up, container, problem, probes }
}

/// The container, or why nothing can be said of it.
async fn container(engine: &Inner, tenant: &Tenant) -> (Option<ContainerView>, Option<String>) {
    let name = WorkloadName::tenant(&tenant.id.object_name());
    match engine.runtime.workloads.observe(&name).await {
        Ok(found) => {
            let view = found.map(|found| ContainerView {
                state: reconciler::describe(&found),
                is_running: found.state == ObservedState::Running,
                image: found.image,
                started_at: found.started_at,
            });
            (view, None)
        }
        Err(error) => (None, Some(chain(&error))),
    }
}

#[cfg(test)]
mod tests;
