//! A control database of its own for each test, and things to put into it.

use std::sync::Arc;

use berth_domain::lifecycle::Change;
use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, Clock as _, ClusterId, Details, Generation, IdSource as _, Limits, OperationId,
    OrganisationId, Stage, Tenant, TenantId, TenantState, Timestamp,
};
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::operations::{Capacity, Operation};
use berth_store::{Key, Location, Store, StoreError, Tx, organisations};
use berth_testkit::postgres::Server;
use berth_testkit::{FixedClock, SequentialIds};
use jiff::SignedDuration;
use sqlx::{AssertSqlSafe, Connection as _};

/// A database with one organisation and one cluster, and the clock and ids that go with it.
#[derive(Clone)]
pub(crate) struct Home {
    pub(crate) store: Store,
    pub(crate) location: Location,
    pub(crate) folder: Arc<tempfile::TempDir>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) organisation: OrganisationId,
    pub(crate) cluster: ClusterId,
    ids: Arc<SequentialIds>,
}

/// Runs each of these functions on a SQLite and on a PostgreSQL home.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(crate::home::Home::sqlite().await).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(crate::home::Home::postgres().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_databases;

impl Home {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("berth.db"));
        Self::at(folder, location).await
    }

    pub(crate) async fn postgres() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Postgres(Server::shared().database().into());
        Self::at(folder, location).await
    }

    async fn at(folder: tempfile::TempDir, location: Location) -> Self {
        let ids = SequentialIds::default();
        let key = Key::load_or_create(&folder.path().join("key"), false).unwrap();
        let mut home = Self {
            store: Store::open(&location, key, false).await.unwrap(),
            location,
            folder: Arc::new(folder),
            clock: Arc::new(FixedClock::default()),
            organisation: OrganisationId::from_uuid(ids.uuid()),
            cluster: ClusterId::from_uuid(ids.uuid()),
            ids: Arc::new(ids),
        };
        let mut tx = home.store.begin().await.unwrap();
        let default = organisations::ensure_default(&mut tx, home.organisation, home.now());
        home.organisation = default.await.unwrap().id;
        let cluster = home.cluster("main");
        clusters::insert(&mut tx, &cluster).await.unwrap();
        home.cluster = cluster.id;
        tx.commit().await.unwrap();
        home
    }

    /// The same database, where things are made in another organisation.
    pub(crate) fn within(&self, organisation: OrganisationId) -> Self {
        Self { organisation, ..self.clone() }
    }

    /// Opens the same database once more, with the same key.
    pub(crate) async fn reopen(&self) -> Result<Store, StoreError> {
        let sealed = Store::has_sealed_rows(&self.location).await?;
        let key = Key::load_or_create(&self.folder.path().join("key"), sealed);
        Store::open(&self.location, key.map_err(StoreError::Key)?, false).await
    }

    /// The key that is in the folder.
    pub(crate) fn key(&self) -> Key {
        Key::load_or_create(&self.folder.path().join("key"), true).unwrap()
    }

    /// Runs SQL past the store, as somebody with a shell could.
    pub(crate) async fn tamper(&self, sql: &str) {
        use secrecy::ExposeSecret as _;
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match &self.location {
            Location::Sqlite(path) => {
                let url = format!("sqlite:{}", path.display());
                let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Location::Postgres(url) => {
                let url = url.expose_secret();
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                sql.execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// Reads one column of text past the store.
    pub(crate) async fn peek(&self, sql: &str) -> Vec<String> {
        use secrecy::ExposeSecret as _;
        let query = sqlx::AssertSqlSafe(sql.to_owned());
        match &self.location {
            Location::Sqlite(path) => {
                let url = format!("sqlite:{}", path.display());
                let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
                sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
            }
            Location::Postgres(url) => {
                let url = url.expose_secret();
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(query).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    pub(crate) async fn begin(&self) -> Tx {
        self.store.begin().await.unwrap()
    }

    pub(crate) async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// So many minutes from now.
    pub(crate) fn minutes(&self, minutes: i64) -> Timestamp {
        self.now().checked_add(SignedDuration::from_mins(minutes)).unwrap()
    }

    pub(crate) fn operation_id(&self) -> OperationId {
        OperationId::from_uuid(self.ids.uuid())
    }

    pub(crate) fn uuid(&self) -> uuid::Uuid {
        self.ids.uuid()
    }

    pub(crate) fn cluster(&self, name: &str) -> ClusterRow {
        ClusterRow {
            id: ClusterId::from_uuid(self.ids.uuid()),
            name: name.to_owned(),
            kind: ClusterKind::Managed,
            major: Some(15),
            created_at: self.now(),
        }
    }

    /// A running development tenant.
    pub(crate) fn tenant(&self, name: &str) -> Tenant {
        Tenant {
            id: TenantId::from_uuid(self.ids.uuid()),
            organisation: self.organisation,
            name: name.parse().unwrap(),
            host: format!("{name}.localhost").parse().unwrap(),
            stage: Stage::Development,
            state: TenantState::Running,
            generation: Generation(1),
            cluster: self.cluster,
            image: Image { reference: "odoo:19.0".parse().unwrap(), digest: digest('a') },
            odoo: OdooSettings {
                modules: vec!["crm".parse().unwrap(), "sale_management".parse().unwrap()],
                language: "de_DE".parse().unwrap(),
                country: Some("DE".parse().unwrap()),
                demo: true,
                company: "Acme & Söhne".parse().unwrap(),
                admin_login: "admin".parse().unwrap(),
                email: Some("admin@acme.example".parse().unwrap()),
                time_zone: "Europe/Berlin".parse().unwrap(),
            },
            limits: Limits::default(),
            storage: None,
            addons: None,
            subnet: None,
            blueprint: None,
            details: Details::default(),
            created_at: self.now(),
            created_by: Actor::Local { uid: 1000 },
        }
    }

    /// Adds tenants and returns them.
    pub(crate) async fn with_tenants<const N: usize>(&self, names: [&str; N]) -> [Tenant; N] {
        let tenants = names.map(|name| self.tenant(name));
        let mut tx = self.begin().await;
        for tenant in &tenants {
            berth_store::tenants::insert(&mut tx, tenant).await.unwrap();
        }
        tx.commit().await.unwrap();
        tenants
    }

    /// A queued operation that nobody has touched.
    pub(crate) fn operation(&self, tenant: Option<TenantId>) -> Operation {
        Operation {
            id: self.operation_id(),
            organisation: self.organisation,
            kind: OperationKind::TenantCreate,
            queue: Queue::Default,
            tenant,
            target: "acme".to_owned(),
            state: OperationState::Queued,
            input: serde_json::json!({"name": "acme"}),
            outputs: serde_json::json!({}),
            error: None,
            progress: None,
            created_at: self.now(),
            created_by: Actor::System,
            started_at: None,
            finished_at: None,
            epoch: 0,
            lease_until: None,
            request_id: None,
        }
    }

    /// Adds an operation and returns it.
    pub(crate) async fn with_operation(&self, operation: Operation) -> Operation {
        let mut tx = self.begin().await;
        berth_store::operations::insert(&mut tx, &operation).await.unwrap();
        tx.commit().await.unwrap();
        operation
    }

    /// Begins a new epoch.
    pub(crate) async fn new_epoch(&self) -> i64 {
        let mut tx = self.begin().await;
        let epoch = berth_store::epoch::advance(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        epoch
    }

    /// Claims up to `capacity` operations for five minutes and returns them.
    pub(crate) async fn claim(&self, epoch: i64, capacity: u32) -> Vec<Operation> {
        self.claim_some(epoch, Capacity { all: capacity, imports: capacity }).await
    }

    /// The same, of which only some may be imports.
    pub(crate) async fn claim_some(&self, epoch: i64, capacity: Capacity) -> Vec<Operation> {
        let mut tx = self.begin().await;
        let (now, until) = (self.now(), self.minutes(5));
        let claimed = berth_store::operations::claim(&mut tx, epoch, now, until, capacity);
        let claimed = claimed.await.unwrap();
        tx.commit().await.unwrap();
        assert!(claimed.unreadable.is_empty(), "{:?}", claimed.unreadable);
        claimed.rows
    }
}

pub(crate) fn digest(digit: char) -> berth_domain::Digest {
    format!("sha256:{}", digit.to_string().repeat(64)).parse().unwrap()
}

/// Every state there is.
pub(crate) fn states(operation: OperationId, at: Timestamp) -> Vec<TenantState> {
    let mut states = vec![
        TenantState::Provisioning { operation },
        TenantState::Running,
        TenantState::OverLimit { since: at },
        TenantState::Drifted { since: at },
        TenantState::Stopped { since: at },
        TenantState::Suspended { since: at },
        TenantState::Archived { since: at },
        TenantState::Deleted { since: at, until: at + std::time::Duration::from_hours(1) },
        TenantState::Broken { since: at, failed: operation, suspended: false },
        TenantState::Broken { since: at, failed: operation, suspended: true },
        TenantState::Deleting { operation },
    ];
    states.extend(Change::ALL.map(|change| TenantState::Changing { operation, change }));
    states
}
