//! One installation, and the processes that come and go on it.
//!
//! # Invariants
//!
//! * A process lives in a runtime of its own. Killing it drops every task where it stands and closes
//!   every connection; only what already runs on a blocking thread comes to its end.
//! * What is observed is read beside the process, never through it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::{BlueprintId, HostName, IdSource, ObjectName, TenantId};
use berth_edge::RouteTable;
use berth_engine::failpoint::Faults;
use berth_engine::{ClusterChoice, Door, Engine, Routes, Setup};
use berth_engine_testkit::Installation;
use berth_postgres::Server;
use berth_runtime::{ObservedState, Runtime, WorkloadName};
use berth_store::{Key, Location, Store};
use berth_testkit::RandomIds;
use tokio::runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::script::Script;
use berth_engine_testkit::odoo;

/// What outlives every process, and the process of now.
pub(super) struct Site {
    // In this order: the process ends before its home goes.
    process: Option<Process>,
    pub(super) script: Arc<Script>,
    pub(super) installation: Installation,
    /// As the administrator, for looking only.
    pub(super) server: Server,
    ids: Arc<NotedIds>,
    outside: runtime::Runtime,
}

/// One life of the program.
struct Process {
    engine: Engine,
    table: watch::Receiver<Arc<RouteTable>>,
    runtime: Option<runtime::Runtime>,
}

impl Site {
    pub(super) fn new() -> Self {
        let outside = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let mut installation = outside.block_on(Installation::new("test-harness"));
        let ids = Arc::new(NotedIds::default());
        installation.ids = ids.clone();
        odoo::answer(&installation.runtime);
        let ClusterChoice::External { address, password } = &installation.settings.cluster else {
            panic!("the server of the tests is nobody's container");
        };
        let server = outside.block_on(Server::connect(address, password)).unwrap();
        let script = Arc::default();
        let mut site = Self { process: None, script, installation, server, ids, outside };
        site.start();
        site
    }

    /// Starts the next process.
    pub(super) fn start(&mut self) {
        assert!(self.process.is_none(), "one process per home");
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let (engine, table) = runtime.block_on(self.engine());
        self.process = Some(Process { engine, table, runtime: Some(runtime) });
    }

    async fn engine(&self) -> (Engine, watch::Receiver<Arc<RouteTable>>) {
        let Installation { settings, runtime, clock, ids, .. } = &self.installation;
        let home = self.installation.home();
        let key = Key::load_or_create(&home.join("key"), true).unwrap();
        let location = Location::Sqlite(home.join("berth.db"));
        let store = Store::open(&location, key, false).await.unwrap();
        let (routes, table) = Routes::load(&settings.paths);
        let setup = Setup {
            settings: settings.clone(),
            store,
            runtime: runtime.runtime(),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            console: None,
            door: Arc::new(TrueDoor { table: table.clone(), runtime: runtime.runtime() }),
            messenger: self.installation.messenger.clone(),
            providers: self.installation.providers.clone(),
            routes,
            logins: self.installation.logins.clone(),
            traffic: berth_edge::Traffic::default(),
        };
        let faults = Faults { failpoints: self.script.clone(), backoff };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let engine = Engine::start_with(setup, faults, &tasks, stop).await.unwrap();
        (engine, table)
    }

    /// Kills the process.
    pub(super) fn kill(&mut self) {
        self.process = None;
        self.script.forget_all_parked();
    }

    /// Does something with the engine at work, as a client of it.
    pub(super) fn with<T>(&self, act: impl AsyncFnOnce(&Engine) -> T) -> T {
        let process = self.process.as_ref().expect("a process is at work");
        process.runtime.as_ref().expect("it lives").block_on(act(&process.engine))
    }

    /// Looks at something from outside.
    pub(super) fn outside<T>(&self, look: impl Future<Output = T>) -> T {
        self.outside.block_on(look)
    }

    /// What visitors would be served from.
    pub(super) fn table(&self) -> Arc<RouteTable> {
        let process = self.process.as_ref().expect("a process is at work");
        process.table.borrow().clone()
    }

    pub(super) fn store(&self) -> &Store {
        &self.installation.store
    }

    /// Every object name that this installation may ever have made something under.
    pub(super) fn names(&self) -> BTreeSet<ObjectName> {
        self.ids.names()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Waits for what runs on blocking threads, so that the next process has the home for itself.
        drop(self.runtime.take());
    }
}

/// Short, and long enough for a session that a kill left behind to end.
fn backoff(attempt: u32) -> Duration {
    Duration::from_millis(u64::from(attempt.saturating_sub(1)) * 5)
}

/// Answers for a tenant whose route leads to a container that runs.
#[derive(Debug)]
struct TrueDoor {
    table: watch::Receiver<Arc<RouteTable>>,
    runtime: Runtime,
}

#[async_trait]
impl Door for TrueDoor {
    async fn knock(&self, host: &HostName, _: &str) -> std::io::Result<u16> {
        let table = self.table.borrow().clone();
        let Some(route) = table.find(host) else { return Ok(404) };
        let name = WorkloadName::tenant(&route.database);
        let observed = self.runtime.workloads.observe(&name).await;
        let runs = matches!(observed, Ok(Some(seen)) if seen.state == ObservedState::Running);
        Ok(if runs && route.upstream.is_some() { 200 } else { 503 })
    }
}

/// Remembers what it made, so that the objects of one installation are told from those of others on
/// the same server.
#[derive(Debug, Default)]
struct NotedIds {
    made: Mutex<Vec<uuid::Uuid>>,
}

impl NotedIds {
    fn names(&self) -> BTreeSet<ObjectName> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let both = |id: &uuid::Uuid| {
            [TenantId::from_uuid(*id).object_name(), BlueprintId::from_uuid(*id).object_name()]
        };
        made.iter().flat_map(both).collect()
    }
}

impl IdSource for NotedIds {
    fn uuid(&self) -> uuid::Uuid {
        let id = RandomIds.uuid();
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        id
    }
}
