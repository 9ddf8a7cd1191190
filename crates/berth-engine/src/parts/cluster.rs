//! The PostgreSQL server that holds the tenants' databases.
//!
//! # Invariants
//!
//! * Whoever needs the server waits at the gate for a bounded time; nobody starts it on the side.
//! * A server that stops answering closes the gate until it answers again.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use berth_domain::{Bytes, ClusterId, ObjectName, chain};
use berth_postgres::managed::{self, SOCKET_TARGET};
use berth_postgres::{Address, Expect, ManagedCluster, PostgresError, Server};
use berth_runtime::{Mount, MountSource};
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::secrets::{self, SecretName};
use secrecy::SecretString;
use tokio::sync::watch;

use crate::ClusterChoice;
use crate::engine::Inner;
use crate::operation::{Needs, StepError};
use crate::secret::secret;

/// The name of the cluster that every installation begins with.
pub(crate) const MAIN: &str = "main";
/// How long somebody waits at the gate.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often the server is asked whether it is still there.
const PING: Duration = Duration::from_secs(5);
/// A server that takes longer to say that it is there, is not.
const PONG: Duration = Duration::from_secs(10);
/// How long to wait before the next attempt to bring it up.
const AGAIN: Duration = Duration::from_secs(3);

/// A cluster that answers.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) id: ClusterId,
    pub(crate) name: &'static str,
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
}

#[derive(Debug, Clone)]
enum State {
    Starting,
    Ready(Arc<Cluster>),
    Failed(String),
}

impl Default for ClusterGate {
    fn default() -> Self {
        Self { state: watch::Sender::new(State::Starting), losses: AtomicU64::new(0) }
    }
}

impl ClusterGate {
    /// Waits until the cluster is there, or says why it is not.
    pub(crate) async fn ready(&self) -> Result<Arc<Cluster>, NoCluster> {
        let mut state = self.state.subscribe();
        let decided = state.wait_for(|state| !matches!(state, State::Starting));
        let Ok(Ok(decided)) = tokio::time::timeout(PATIENCE, decided).await else {
            return Err(NoCluster(format!("it did not start within {} s", PATIENCE.as_secs())));
        };
        match &*decided {
            State::Ready(cluster) => Ok(Arc::clone(cluster)),
            State::Failed(why) => Err(NoCluster(why.clone())),
            State::Starting => unreachable!("waited until it is decided"),
        }
    }

    /// How often the server went away until now. Whoever finds another number later was without it in
    /// between, if only for a moment.
    pub(crate) fn losses(&self) -> u64 {
        self.losses.load(Ordering::Acquire)
    }

    /// Why the cluster is not there at this moment; `None` when it answers.
    pub(crate) async fn lacks(&self) -> Option<NoCluster> {
        let cluster = match &*self.state.borrow() {
            State::Ready(cluster) => Arc::clone(cluster),
            State::Starting => return Some(NoCluster("it is starting".to_owned())),
            State::Failed(why) => return Some(NoCluster(why.clone())),
        };
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

/// Brings the cluster up and watches over it, for as long as the engine lives.
pub(crate) async fn keep(engine: &Inner) {
    let mut gate_was_closed = false;
    loop {
        match bring_up(engine).await {
            Ok(cluster) => {
                let version = cluster.server.version();
                tracing::info!(cluster = MAIN, %version, "the PostgreSQL server is ready");
                let server = cluster.server.clone();
                engine.cluster.state.send_replace(State::Ready(Arc::new(cluster)));
                gate_was_closed = false;
                while answers(&server).await {
                    tokio::time::sleep(PING).await;
                }
                tracing::error!(cluster = MAIN, "the PostgreSQL server does not answer any more");
                engine.cluster.losses.fetch_add(1, Ordering::AcqRel);
                engine.cluster.state.send_replace(State::Starting);
            }
            Err(error) => {
                if !gate_was_closed {
                    tracing::error!(error = %error.why, "cannot bring the PostgreSQL server up");
                }
                gate_was_closed = true;
                engine.cluster.state.send_replace(State::Failed(error.why));
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

async fn answers(server: &Server) -> bool {
    matches!(tokio::time::timeout(PONG, server.ping()).await, Ok(Ok(())))
}

async fn bring_up(engine: &Inner) -> Result<Cluster, StepError> {
    match &engine.settings.cluster {
        ClusterChoice::Managed { max_connections, memory } => {
            managed_cluster(engine, *max_connections, *memory).await
        }
        ClusterChoice::External { address, password } => {
            let row = row(engine, ClusterKind::External).await?;
            let server = Server::connect(address, password).await?;
            server.prepare_cluster().await?;
            Ok(Cluster { id: row.id, name: MAIN, server, managed: None })
        }
    }
}

async fn managed_cluster(
    engine: &Inner,
    max_connections: u32,
    memory: Bytes,
) -> Result<Cluster, StepError> {
    let reference = &engine.settings.postgres_image;
    let Some(image) = engine.runtime.images.find(reference).await? else {
        return Err(StepError::retry(format!(
            "the container engine has no image `{reference}`: fetch it with `docker pull`, or build it with `cargo xtask setup`"
        )));
    };
    let home = engine.settings.home_id.clone();
    let facts = managed::probe_image(&engine.runtime, &image.digest, &home)
        .await
        .map_err(PostgresError::from)?;
    let folder: PathBuf = engine.settings.paths.cluster(MAIN);
    let row = row(engine, ClusterKind::Managed).await?;
    // A major is noted once the server answered for the first time.
    let expect = if row.major.is_some() { Expect::Existing } else { Expect::New };
    let password = superuser_password(engine, row.id).await?;
    let cluster = ManagedCluster {
        name: MAIN.to_owned(),
        home,
        folder,
        image: image.digest,
        facts,
        memory,
        shared_memory: Bytes::mib(1024),
        max_connections,
        reflink: shares_blocks(engine.settings.paths.home()),
    };
    let server = managed::ensure_running(&engine.runtime, &cluster, &password, expect).await?;
    // From now on an empty data folder means a missing disk, never a first start.
    let mut tx = engine.store.begin().await?;
    let major = u32::from(cluster.facts.major);
    let _ = clusters::set_major(&mut tx, row.id, major).await?;
    tx.commit().await?;
    Ok(Cluster { id: row.id, name: MAIN, server, managed: Some(cluster) })
}

/// Finds the cluster's row, or makes it.
async fn row(engine: &Inner, kind: ClusterKind) -> Result<ClusterRow, StepError> {
    let mut tx = engine.store.begin().await?;
    if let Some(row) = clusters::find(&mut tx, MAIN).await? {
        if row.kind != kind {
            return Err(StepError::fail(format!(
                "the tenants of this home are on a cluster that is {}, and the configuration says {}",
                row.kind.as_str(),
                kind.as_str()
            )));
        }
        return Ok(row);
    }
    let row = ClusterRow {
        id: ClusterId::from_uuid(engine.ids.uuid()),
        name: MAIN.to_owned(),
        kind,
        major: None,
        created_at: engine.clock.now(),
    };
    clusters::insert(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn superuser_password(engine: &Inner, id: ClusterId) -> Result<SecretString, StepError> {
    let owner = id.to_string();
    let mut tx = engine.store.begin().await?;
    if let Some(known) = secrets::get(&mut tx, &owner, SecretName::SuperuserPassword).await? {
        return Ok(known);
    }
    let password = secret();
    secrets::put(&mut tx, &owner, SecretName::SuperuserPassword, &password).await?;
    tx.commit().await?;
    Ok(password)
}

/// Whether one file below the home can share blocks with another.
pub(crate) fn shares_blocks(home: &std::path::Path) -> bool {
    let (one, two) = (home.join(".reflink-1"), home.join(".reflink-2"));
    let _ = std::fs::remove_file(&two);
    let shares = std::fs::write(&one, [0u8; 8192])
        .and_then(|()| reflink_copy::reflink(&one, &two))
        .map_err(|error| tracing::debug!(error = %chain(&error), "no reflinks"))
        .is_ok();
    let _ = std::fs::remove_file(&one);
    let _ = std::fs::remove_file(&two);
    shares
}
