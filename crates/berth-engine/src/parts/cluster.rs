//! The PostgreSQL server that holds the tenants' databases.
//!
//! # Invariants
//!
//! * Whoever needs the server waits at the gate for a bounded time; nobody starts it on the side.
//! * Only the driver brings it up; whoever stands by waits until it has.
//! * A server that stops answering closes the gate until it answers again.
//! * Every tenant's database is on the cluster that its row names: on the one that all share, or on one
//!   that it has for itself.

mod bring_up;
mod keep;
mod own;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use berth_domain::{ClusterId, ObjectName, Tenant, TenantId};
use berth_postgres::managed::SOCKET_TARGET;
use berth_postgres::{Address, ManagedCluster, Server};
use berth_runtime::{Mount, MountSource};
use tokio::sync::{Notify, watch};

pub(crate) use self::bring_up::shares_blocks;
pub(crate) use self::keep::keep;
pub(crate) use self::own::{OwnClusters, keep_own, remove as remove_own};
use crate::operation::{Needs, StepError};

/// The name of the cluster that every installation begins with.
pub(crate) const MAIN: &str = "main";
/// How long somebody waits at the gate.
const PATIENCE: Duration = Duration::from_mins(1);
/// A server that takes longer to say that it is there, is not.
const PONG: Duration = Duration::from_secs(10);

/// Which of the clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The one that all tenants share which have none for themselves.
    Main,
    /// The one that this tenant has for itself.
    Own(TenantId),
}

/// A cluster that answers.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) id: ClusterId,

    pub(crate) server: Server,
    /// `None`: somebody else runs it.
    pub(crate) managed: Option<ManagedCluster>,
}

/// The cluster is not there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the PostgreSQL server is not available: {0}")]
pub(crate) struct NoCluster(pub(crate) String);

/// Where to wait for the cluster.
#[derive(Debug)]
pub(crate) struct ClusterGate {
    state: watch::Sender<State>,
    /// How often the server went away after it had been there.
    losses: AtomicU64,
    /// Rung when something became of a container that is no tenant's.
    look: Notify,
}

#[derive(Debug, Clone)]
enum State {
    Starting,
    /// It ends again and again, and is left alone for a while.
    Resting(Rests),
    Ready(Arc<Cluster>),
    Failed(String),
}

/// How a server that ends in haste is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rests {
    /// How many times it ended in a row.
    times: u32,
    length: Duration,
}

impl Which {
    /// On which a tenant has its database.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        if tenant.has_own_cluster() { Self::Own(tenant.id) } else { Self::Main }
    }

    /// What it is called: in its row, and in the names of its folder and its container.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Main => MAIN.to_owned(),
            Self::Own(tenant) => tenant.object_name().as_str().replace('_', "-"),
        }
    }
}

/// The cluster whose server a container of this home is, by the container's name.
pub(crate) fn named_in<'a>(container: &'a str, home: &str) -> Option<&'a str> {
    let name = container.strip_prefix("pg-")?.strip_suffix(home)?.strip_suffix('-')?;
    (name == MAIN || owner(name).is_some()).then_some(name)
}

/// Whose own a cluster of this name is. `None`: nobody's.
pub(crate) fn owner(name: &str) -> Option<ObjectName> {
    name.replacen('-', "_", 1).parse().ok()
}

impl crate::engine::Inner {
    /// Where to wait for the cluster that a tenant's database is on.
    pub(crate) fn gate_of(&self, tenant: &Tenant) -> Arc<ClusterGate> {
        match Which::of(tenant) {
            Which::Main => Arc::clone(&self.cluster),
            Which::Own(tenant) => self.own_clusters.gate(tenant),
        }
    }

    /// Waits for the cluster that a tenant's database is on.
    pub(crate) async fn cluster_of(&self, tenant: &Tenant) -> Result<Arc<Cluster>, NoCluster> {
        self.gate_of(tenant).ready().await
    }

    /// Lets the servers' containers be looked at, because something became of one that is no tenant's.
    pub(crate) fn look_at_clusters(&self) {
        self.cluster.look();
        self.own_clusters.look();
    }
}

impl Default for ClusterGate {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(State::Starting),
            losses: AtomicU64::new(0),
            look: Notify::new(),
        }
    }
}

impl State {
    /// What whoever waits is told. `None`: to wait on.
    fn outcome(&self) -> Option<Result<Arc<Cluster>, NoCluster>> {
        match self {
            Self::Starting | Self::Resting(_) => None,
            Self::Ready(cluster) => Some(Ok(Arc::clone(cluster))),
            Self::Failed(why) => Some(Err(NoCluster(why.clone()))),
        }
    }
}

impl ClusterGate {
    /// Lets the server's container be looked at, because something became of one.
    pub(crate) fn look(&self) {
        self.look.notify_one();
    }

    /// Waits until the cluster is there, or says why it is not.
    pub(crate) async fn ready(&self) -> Result<Arc<Cluster>, NoCluster> {
        let mut state = self.state.subscribe();
        let decided = state.wait_for(|state| state.outcome().is_some());
        let decided = match tokio::time::timeout(PATIENCE, decided).await {
            Ok(Ok(decided)) => decided.outcome(),
            _ => None,
        };
        decided.unwrap_or_else(|| {
            let late = || NoCluster(format!("it did not start within {} s", PATIENCE.as_secs()));
            Err(self.trouble().unwrap_or_else(late))
        })
    }

    /// Why the cluster is not there and will not be in a moment, as far as that is known without asking
    /// it. One that just starts is in no trouble.
    pub(crate) fn trouble(&self) -> Option<NoCluster> {
        match &*self.state.borrow() {
            State::Ready(_) | State::Starting => None,
            State::Resting(rests) => Some(NoCluster(rests.to_string())),
            State::Failed(why) => Some(NoCluster(why.clone())),
        }
    }

    /// What a test says that became of the server.
    #[cfg(test)]
    pub(crate) fn fail(&self, why: &str) {
        self.state.send_replace(State::Failed(why.to_owned()));
    }

    /// How often the server went away until now. Whoever finds another number later was without it in
    /// between, if only for a moment.
    pub(crate) fn losses(&self) -> u64 {
        self.losses.load(Ordering::Acquire)
    }

    /// Why the cluster is not there at this moment; `None` when it answers.
    pub(crate) async fn lacks(&self) -> Option<NoCluster> {
        let ready = self.state.borrow().outcome().and_then(Result::ok);
        let starts = || NoCluster("it is starting".to_owned());
        let Some(cluster) = ready else { return Some(self.trouble().unwrap_or_else(starts)) };
        if answers(&cluster.server).await {
            return None;
        }
        Some(NoCluster("it does not answer".to_owned()))
    }
}

impl From<NoCluster> for StepError {
    fn from(error: NoCluster) -> Self {
        Self::retry(error.to_string()).needing(Needs::BOTH)
    }
}

impl From<NoCluster> for crate::EngineError {
    fn from(error: NoCluster) -> Self {
        Self::NoCluster(error.0)
    }
}

impl Cluster {
    /// What a tenant's container must see to reach the server.
    pub(crate) fn mount(&self) -> Result<Option<Mount>, StepError> {
        let Some(managed) = &self.managed else { return Ok(None) };
        let source = mount_source(&managed.socket_folder())?;
        Ok(Some(Mount { source, target: SOCKET_TARGET, read_only: true }))
    }

    /// `psql` on a database as its own role, from inside the tenant's container.
    pub(crate) fn psql(&self, database: &ObjectName) -> Vec<String> {
        let (host, port) = self.endpoint();
        vec![
            "psql".to_owned(),
            "--no-password".to_owned(),
            format!("--host={host}"),
            format!("--port={port}"),
            format!("--username={database}"),
            format!("--dbname={database}"),
        ]
    }

    /// Says that somebody works in a database which belongs to nobody here. `None`: nobody does, or the
    /// server is this installation's alone.
    pub(crate) async fn in_use_by_others(
        &self,
        database: &ObjectName,
    ) -> Result<Option<String>, StepError> {
        if self.managed.is_some() {
            return Ok(None);
        }
        let sessions = self.server.count_sessions(database).await?;
        Ok((sessions > 0).then(|| {
            format!(
                "sessions of the role `{database}` are open ({sessions}), and others have their \
                 databases on this PostgreSQL server as well"
            )
        }))
    }

    /// Where tenants reach the server: host (or socket folder) and port.
    pub(crate) fn endpoint(&self) -> (String, u16) {
        match self.server.address() {
            Address::Socket { port, .. } => (SOCKET_TARGET.to_owned(), *port),
            Address::Tcp { host, port, .. } => (host.clone(), *port),
        }
    }
}

/// A path of our own as something to mount.
pub(crate) fn mount_source(path: &std::path::Path) -> Result<MountSource, StepError> {
    MountSource::new(path).map_err(|error| {
        StepError::fail(format!("{error}: choose another home folder with BERTH_HOME"))
    })
}

async fn answers(server: &Server) -> bool {
    matches!(tokio::time::timeout(PONG, server.ping()).await, Ok(Ok(())))
}
