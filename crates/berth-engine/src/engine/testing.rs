//! An engine for tests of its inside: a real store, a runtime in memory, nothing in the background.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::disk::{Threshold, Thresholds};
use berth_domain::notice::Message;
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, ClusterId, Details, Generation, HostName, Limits, OrganisationId, Stage, Tenant,
    TenantId, TenantState, Timestamp,
};
use berth_runtime::fake::FakeEngine;
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::quotas::Quota;
use berth_store::{Key, Location, Store, organisations, tenants};
use berth_testkit::{SequentialIds, SystemClock, postgres};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Inner, Role};
use crate::door::Door;
use crate::locks::Locks;
use crate::messenger::{Letter, Messenger, Undelivered, Webhook};
use crate::operation::driver::Bell;
use crate::operation::reporter::{self, Reports};
use crate::parts::cluster::OwnClusters;
use crate::routes::RouteBoard;
use crate::{ClusterChoice, Paths, ServerSize, Settings, TenantDefaults};

/// A door behind which nobody is.
#[derive(Debug)]
struct NoDoor;

#[async_trait]
impl Door for NoDoor {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(404)
    }
}

/// Nobody who carries messages.
#[derive(Debug)]
struct NoMessenger;

#[async_trait]
impl Messenger for NoMessenger {
    fn check(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn readers(&self) -> Vec<String> {
        Vec::new()
    }

    async fn post(&self, _: &Webhook, _: &Message, _: Timestamp) -> Result<(), Undelivered> {
        Err(Undelivered::Failed("nobody carries it".to_owned()))
    }

    async fn mail(&self, _: &Message) -> Result<(), Undelivered> {
        Err(Undelivered::Failed("nobody carries it".to_owned()))
    }

    fn writes(&self) -> bool {
        false
    }

    async fn write(&self, _: &Letter) -> Result<(), Undelivered> {
        Err(Undelivered::Failed("nobody carries it".to_owned()))
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
        Self::with(|home| Location::Sqlite(home.join("berth.db"))).await
    }

    /// The same, whose rows are in a PostgreSQL database of its own.
    pub(crate) async fn on_postgres() -> Self {
        Self::with(|_| Location::Postgres(postgres::Server::shared().database().into())).await
    }

    async fn with(location: impl FnOnce(&Path) -> Location) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().to_owned();
        let key = Key::load_or_create(&home.join("key"), false).expect("a new key");
        let location = location(&home);
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
            console: None,
            messenger: Arc::new(NoMessenger),
            providers: crate::Providers::default(),
            notices: crate::notices::Counted::default(),
            routes,
            logins: berth_edge::LoginLinks::default(),
            cluster: Arc::default(),
            own_clusters: OwnClusters::default(),
            bell: Bell::default(),
            locks: Locks::default(),
            reconciler: crate::reconciler::Memory::default(),
            storage: crate::storage::Memory::default(),
            statistics: crate::statistics::Memory::default(),
            traffic: berth_edge::Traffic::default(),
            disk: crate::disk::Memory::default(),
            checks: crate::last_look::LastLook::default(),
            checkups: crate::checkup::Checkups::default(),
            logs: crate::logs::Slots::default(),
            orphans: crate::orphans::Tally::default(),
            doorkeeper: crate::usecase::Doorkeeper::default(),
            denials: crate::usecase::audit::Denials::default(),
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

    /// Adds rows of tenants that run. Nothing else of them is there.
    pub(crate) async fn populate(&self, names: &[&str]) -> Vec<Tenant> {
        let now = self.inner.clock.now();
        let mut tx = self.inner.store.begin().await.expect("a transaction");
        let organisation = OrganisationId::from_uuid(Uuid::from_u128(2));
        let organisation = organisations::ensure_default(&mut tx, organisation, now).await;
        let organisation = organisation.expect("an organisation").id;
        let cluster = ClusterRow {
            id: ClusterId::from_uuid(Uuid::from_u128(3)),
            name: "main".to_owned(),
            kind: ClusterKind::Managed,
            major: None,
            created_at: now,
        };
        clusters::insert(&mut tx, &cluster).await.expect("the first cluster");
        let all = names.iter().map(|name| tenant(name, organisation, cluster.id));
        let all: Vec<Tenant> = all.collect();
        for tenant in &all {
            tenants::insert(&mut tx, tenant).await.expect("a new name");
        }
        tx.commit().await.expect("nobody else writes");
        all
    }
}

pub(crate) fn tenant(name: &str, organisation: OrganisationId, cluster: ClusterId) -> Tenant {
    let number = name.bytes().fold(1, |number, byte| number << 8 | u128::from(byte));
    Tenant {
        id: TenantId::from_uuid(Uuid::from_u128(number)),
        organisation,
        name: name.parse().expect("it is one"),
        host: format!("{name}.localhost").parse().expect("it is one"),
        stage: Stage::Production,
        state: TenantState::Running,
        generation: Generation(1),
        cluster,
        image: Image {
            reference: "odoo:19.0".parse().expect("it is one"),
            digest: format!("sha256:{}", "a".repeat(64)).parse().expect("it is one"),
        },
        odoo: OdooSettings {
            modules: Vec::new(),
            language: "en_US".parse().expect("it is one"),
            country: None,
            demo: false,
            company: "Acme".parse().expect("it is one"),
            admin_login: "admin".parse().expect("it is one"),
            email: None,
            time_zone: "UTC".parse().expect("it is one"),
        },
        limits: Limits::default(),
        storage: None,
        addons: None,
        subnet: None,
        blueprint: None,
        details: Details::default(),
        created_at: Timestamp::UNIX_EPOCH,
        created_by: Actor::System,
    }
}

const SIZE: ServerSize = ServerSize { max_connections: 100, memory: berth_domain::Bytes::mib(512) };

fn settings(paths: Paths) -> Settings {
    let routes = paths.home().join("routes");
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
        host_routes: routes,
        cluster: ClusterChoice::Managed(SIZE),
        own_cluster: SIZE,
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
        console: None,
        addons_roots: Vec::new(),
        delete_grace_days: 7,
        owner_quota: Quota::default(),
        disk: Thresholds { low: Threshold::Percent(10), full: Threshold::Percent(0) },
        logs: crate::LogsKept {
            keep: Duration::from_hours(24),
            most: berth_domain::Bytes::mib(10),
        },
        audit_kept: None,
        uploads: crate::UploadRules {
            largest: berth_domain::Bytes::mib(64),
            kept: Duration::from_hours(24),
        },
        scan_every: Duration::from_secs(30),
    }
}
