//! Clusters that tenants have for themselves: PostgreSQL servers of ours, each with one tenant's database.
//!
//! # Invariants
//!
//! * One is kept from the first time that somebody asks for it in this process until it is removed, and is
//!   not brought up again after that.
//! * It is removed as a whole, and only when nobody is about to bring it up: the database goes with it.
//! * Its row is made and deleted together with its tenant's.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use berth_domain::{ClusterId, Digest, Tenant, TenantId};
use berth_postgres::managed::ImageFacts;
use berth_runtime::WorkloadName;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::keep::keep_one;
use super::{ClusterGate, State, Which};
use crate::engine::Inner;
use crate::operation::StepError;

/// Beside the server: containers that are gone before it starts, unless somebody was cut off.
const HELPERS: [&str; 2] = ["", "-initdb"];

/// Those that somebody asked for.
#[derive(Debug, Default)]
pub(crate) struct OwnClusters {
    known: Mutex<BTreeMap<TenantId, Arc<Own>>>,
    /// Rung when there is one more.
    bell: Notify,
    /// What the image says of itself that all of them have.
    image: Mutex<Option<(Digest, ImageFacts)>>,
}

/// One of them.
#[derive(Debug, Default)]
struct Own {
    gate: Arc<ClusterGate>,
    /// It is to go.
    end: CancellationToken,
    /// Held by whoever keeps it, and by whoever removes it.
    hands: tokio::sync::Mutex<()>,
}

impl OwnClusters {
    pub(super) fn gate(&self, tenant: TenantId) -> Arc<ClusterGate> {
        Arc::clone(&self.get(tenant).gate)
    }

    /// `None`: nobody asked for it.
    pub(crate) fn find(&self, tenant: TenantId) -> Option<Arc<ClusterGate>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&tenant).map(|own| Arc::clone(&own.gate))
    }

    /// The same by the cluster's id. `None`: it is the one that all share, or nobody asked for it.
    pub(crate) fn of(&self, cluster: ClusterId) -> Option<Arc<ClusterGate>> {
        self.find(TenantId::from_uuid(cluster.uuid()))
    }

    /// Those that somebody asked for, and where to wait for each.
    pub(crate) fn gates(&self) -> Vec<(TenantId, Arc<ClusterGate>)> {
        let gate = |(tenant, own): (TenantId, Arc<Own>)| (tenant, Arc::clone(&own.gate));
        self.all().into_iter().map(gate).collect()
    }

    /// Forgets one whose tenant is gone.
    pub(crate) fn forget(&self, tenant: TenantId) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }

    /// `None`: nobody looked into this image yet.
    pub(super) fn facts(&self, image: &Digest) -> Option<ImageFacts> {
        let known = self.image.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(known, _)| known == image).map(|(_, facts)| facts.clone())
    }

    pub(super) fn remember(&self, image: &Digest, facts: &ImageFacts) {
        let mut known = self.image.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((image.clone(), facts.clone()));
    }

    pub(super) fn look(&self) {
        self.all().iter().for_each(|(_, own)| own.gate.look());
    }

    fn get(&self, tenant: TenantId) -> Arc<Own> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let own = known.entry(tenant).or_insert_with(|| {
            self.bell.notify_one();
            Arc::default()
        });
        Arc::clone(own)
    }

    fn all(&self) -> Vec<(TenantId, Arc<Own>)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|(tenant, own)| (*tenant, Arc::clone(own))).collect()
    }
}

/// Keeps every cluster that somebody asks for. Never returns.
pub(crate) async fn keep_own(engine: &Arc<Inner>) {
    let mut kept = BTreeSet::new();
    // What is in the middle of something is cut off when this is.
    let mut keepers = JoinSet::new();
    loop {
        let all = engine.own_clusters.all();
        kept.retain(|tenant| all.iter().any(|(known, _)| known == tenant));
        for (tenant, own) in all {
            if kept.insert(tenant) {
                let engine = Arc::clone(engine);
                keepers.spawn(async move { keep_until_it_goes(&engine, tenant, &own).await });
            }
        }
        while keepers.try_join_next().is_some() {}
        engine.own_clusters.bell.notified().await;
    }
}

async fn keep_until_it_goes(engine: &Inner, tenant: TenantId, own: &Own) {
    let _hands = own.hands.lock().await;
    tokio::select! {
        biased;
        () = own.end.cancelled() => {}
        () = keep_one(engine, Which::Own(tenant), &own.gate) => {}
    }
}

/// Removes the cluster that a tenant has for itself: its containers, then its folder. Read back.
pub(crate) async fn remove(engine: &Inner, tenant: &Tenant) -> Result<(), StepError> {
    let own = engine.own_clusters.get(tenant.id);
    own.end.cancel();
    let _hands = own.hands.lock().await;
    own.gate.state.send_replace(State::Failed("it was removed".to_owned()));
    let name = Which::Own(tenant.id).name();
    for helper in HELPERS {
        let container = WorkloadName::cluster(&name, &engine.settings.home_id, helper);
        engine.runtime.workloads.remove(&container).await?;
        if engine.runtime.workloads.observe(&container).await?.is_some() {
            return Err(StepError::retry("the container of its PostgreSQL server is still there"));
        }
    }
    let folder = engine.settings.paths.cluster(&name);
    let removing = engine.file_work.spawn_blocking(move || gone(std::fs::remove_dir_all(folder)));
    let removed = removing.await.map_err(|error| StepError::fail(error.to_string()))?;
    removed.map_err(StepError::io("cannot remove the folder of its PostgreSQL server"))
}

fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
