//! Watching over a PostgreSQL server, and having it brought up again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use berth_domain::chain;
use berth_postgres::{ManagedCluster, Server};
use berth_runtime::{ObservedState, WorkloadName};
use berth_store::{StoreError, events};
use serde_json::json;
use tokio::time::Instant;

use super::bring_up::{bring_up, look};
use super::{ClusterGate, Rests, State, Which, answers};
use crate::engine::{Inner, Role};

/// How often the server is asked whether it is still there.
const PING: Duration = Duration::from_secs(5);
/// How long to wait before the next attempt to bring it up.
const AGAIN: Duration = Duration::from_secs(3);
/// A server that was there for less long than this counts as one that ends in haste.
const STEADY: Duration = Duration::from_secs(10);
/// How many times in a row it does so before it is left alone for a while.
const HASTY: u32 = 4;
/// The longest rest before one that ends in haste is brought up again.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// Brings the cluster up that all tenants share and watches over it. Never returns.
///
/// Whoever stands by waits until the driver has brought it up.
pub(crate) async fn keep(engine: &Inner) {
    keep_one(engine, Which::Main, &engine.cluster).await;
}

/// The same for any cluster.
pub(super) async fn keep_one(engine: &Inner, which: Which, gate: &ClusterGate) {
    let name = which.name();
    let (mut gate_was_closed, mut hasty) = (false, 0_u32);
    loop {
        let found = match engine.role() {
            Role::Driver => bring_up(engine, which).await,
            Role::Standby => look(engine, which).await,
        };
        match found {
            Ok(cluster) => {
                let version = cluster.server.version();
                tracing::info!(cluster = name, %version, "the PostgreSQL server is ready");
                let server = cluster.server.clone();
                let container = cluster.managed.as_ref().map(ManagedCluster::workload_name);
                gate.state.send_replace(State::Ready(Arc::new(cluster)));
                gate_was_closed = false;
                let since = Instant::now();
                let what = tokio::select! {
                    () = falls_silent(&server) => "does not answer any more",
                    () = ends(engine, gate, container) => "has ended",
                };
                tracing::error!(cluster = name, "the PostgreSQL server {what}");
                gate.losses.fetch_add(1, Ordering::AcqRel);
                hasty = if since.elapsed() < STEADY { hasty.saturating_add(1) } else { 0 };
                pause(engine, which, gate, hasty).await;
            }
            Err(error) => {
                if !gate_was_closed {
                    tracing::error!(
                        cluster = name, error = %error.why, "cannot reach the PostgreSQL server"
                    );
                }
                gate_was_closed = true;
                gate.state.send_replace(State::Failed(error.why));
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Leaves a server alone that ended so many times in a row in haste.
async fn pause(engine: &Inner, which: Which, gate: &ClusterGate, hasty: u32) {
    if let Some(rests) = Rests::after(hasty) {
        say(engine, which, gate, rests).await;
        tokio::time::sleep(rests.length).await;
    }
    gate.state.send_replace(State::Starting);
}

/// Says that it is left alone, to whoever asks and, the first time, to whoever watches. Of one that a
/// tenant has for itself the tenant's state tells.
async fn say(engine: &Inner, which: Which, gate: &ClusterGate, rests: Rests) {
    let name = which.name();
    tracing::error!(cluster = name, "the PostgreSQL server is left alone: {rests}");
    gate.state.send_replace(State::Resting(rests));
    if which != Which::Main || !rests.is_first() || engine.role() == Role::Standby {
        return;
    }
    if let Err(error) = tell(engine, rests).await {
        tracing::warn!(error = %chain(&error), "nobody is told that the PostgreSQL server rests");
    }
}

async fn tell(engine: &Inner, rests: Rests) -> Result<(), StoreError> {
    let data = json!({ "times": rests.times, "rest_seconds": rests.length.as_secs() });
    let mut tx = engine.store.begin().await?;
    events::append_to_all(&mut tx, "host.postgres_ends", &data, engine.clock.now()).await?;
    tx.commit().await?;
    engine.announce();
    Ok(())
}

impl Rests {
    /// What follows when a server ended so many times in a row after a short while. One that was killed
    /// comes back at once (`None`); one that cannot live does not keep the host busy.
    fn after(times: u32) -> Option<Self> {
        let more = times.checked_sub(HASTY)?;
        let length = Duration::from_secs(1 << more.min(5)).min(LONGEST_REST);
        Some(Self { times, length })
    }

    /// Whether it did not rest before the last end.
    fn is_first(self) -> bool {
        self.times == HASTY
    }
}

impl fmt::Display for Rests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { times, length } = self;
        let (within, length) = (STEADY.as_secs(), length.as_secs());
        write!(
            f,
            "it ended {times} times in a row, each time within {within} s of its start; \
             it is brought up again after a rest of {length} s"
        )
    }
}

async fn falls_silent(server: &Server) {
    while answers(server).await {
        tokio::time::sleep(PING).await;
    }
}

/// Waits until the server's container has ended, at which the engine's events make it look: connections
/// that break and are tried again would only tell many seconds later. Never, if somebody else runs it.
async fn ends(engine: &Inner, gate: &ClusterGate, container: Option<WorkloadName>) {
    let Some(container) = container else { return std::future::pending().await };
    loop {
        gate.look.notified().await;
        let found = engine.runtime.workloads.observe(&container).await;
        // An engine that cannot say so does not mean that the server is gone.
        if found.is_ok_and(|found| found.is_none_or(|found| found.state != ObservedState::Running))
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
