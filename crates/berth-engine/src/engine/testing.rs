//! An engine for tests of its inside: a real store, a runtime in memory, nothing in the background.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::{HostName, Limits, Stage};
use berth_runtime::fake::FakeEngine;
use berth_store::quotas::Quota;
use berth_store::{Key, Location, Store};
use berth_testkit::{SequentialIds, SystemClock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Inner, Role};
use crate::door::Door;
use crate::locks::Locks;
use crate::operation::driver::Bell;
use crate::operation::reporter::{self, Reports};
use crate::parts::cluster::ClusterGate;
use crate::routes::RouteBoard;
use crate::{ClusterChoice, Paths, Settings, TenantDefaults};

/// A door behind which nobody is.
#[derive(Debug)]
struct NoDoor;

#[async_trait]
impl Door for NoDoor {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(404)
    }
}

/// An engine in a folder of its own; the folder goes when this is dropped.
pub(crate) struct TestEngine {
    pub(crate) inner: Arc<Inner>,
    pub(crate) runtime: FakeEngine,
    _folder: tempfile::TempDir,
}

impl TestEngine {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().to_owned();
        let key = Key::load_or_create(&home.join("key"), false).expect("a new key");
        let location = Location::Sqlite(home.join("berth.db"));
        let store = Store::open(&location, key, false).await.expect("a new store");
        let runtime = FakeEngine::new("test-engine");
        let clock = Arc::new(SystemClock);
        let (reports, lines) = Reports::new(clock.clone());
        let latest = watch::Sender::new(0);
        tokio::task::spawn_local(reporter::write_reports(store.clone(), lines, latest.clone()));
        let (routes, _) = RouteBoard::load(home.join("routes.json"));
        let inner = Inner {
            settings: settings(Paths::new(home)),
            store,
            runtime: runtime.runtime(),
            clock,
            ids: Arc::new(SequentialIds::default()),
            door: Arc::new(NoDoor),
            routes,
            cluster: ClusterGate::default(),
            bell: Bell::default(),
            locks: Locks::default(),
            reconciler: crate::reconciler::Memory::default(),
            orphans: crate::orphans::Tally::default(),
            file_work: tokio_util::task::TaskTracker::new(),
            role: watch::Sender::new(Role::Driver),
            backoff: |_| Duration::ZERO,
            #[cfg(feature = "failpoints")]
            failpoints: Arc::new(crate::failpoint::Nowhere),
            reports,
            latest,
            stop: CancellationToken::new(),
        };
        Self { inner: Arc::new(inner), runtime, _folder: folder }
    }
}

fn settings(paths: Paths) -> Settings {
    Settings {
        version: "0.0.0",
        build: None,
        paths,
        home_id: "test-engine".to_owned(),
        base_domain: "localhost".parse().expect("a host"),
        scheme: "http",
        port_suffix: ":8069".to_owned(),
        odoo_image: "odoo:19.0".parse().expect("a reference"),
        postgres_image: "postgres:18".parse().expect("a reference"),
        pool: "10.213.0.0/16".parse().expect("a pool"),
        cluster: ClusterChoice::Managed {
            max_connections: 100,
            memory: berth_domain::Bytes::mib(512),
        },
        defaults: TenantDefaults {
            stage: Stage::Production,
            language: "en_US".parse().expect("a language"),
            time_zone: "UTC".parse().expect("a time zone"),
            limits: Limits::default(),
        },
        concurrency: 2,
        blueprints_kept: 2,
        memory_percent: 100,
        sockets: crate::Sockets::Own,
        addons_roots: Vec::new(),
        delete_grace_days: 7,
        owner_quota: Quota::default(),
        scan_every: Duration::from_secs(30),
    }
}
