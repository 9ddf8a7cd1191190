//! An installation with tenants that have nothing but their data: the rest is found missing and made.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::tenant::{Image, OdooSettings};
use berth_domain::{
    Actor, Clock as _, ClusterId, Details, Generation, HostName, IdSource as _, ObjectName,
    OrganisationId, Stage, Tenant, TenantId, TenantState,
};
use berth_edge::{Route, RouteState};
use berth_engine::{ClusterChoice, Door, Paths};
use berth_engine_testkit::{Installation, Process, digest};
use berth_postgres::Server;
use berth_runtime::fake::FakeEngine;
use berth_runtime::{ObservedState, Workloads as _};
use berth_store::clusters::{self, ClusterKind, ClusterRow};
use berth_store::observations::{self, Observation};
use berth_store::secrets::{self, SecretName};
use berth_store::{organisations, subnets, tenants};
use berth_testkit::{RandomIds, SystemClock, postgres, wait};
use secrecy::SecretString;
use serde_json::Value;

/// Longer than anything here takes, however busy the machine is.
pub(super) const DEADLINE: Duration = Duration::from_mins(1);
/// Nothing is found by looking at everything: only events say that something happened.
pub(super) const NEVER: Duration = Duration::from_hours(1);
/// Everything is found by looking, again and again.
pub(super) const OFTEN: Duration = Duration::from_millis(100);

/// An installation and the process that looks after it.
pub(super) struct Site {
    // In this order: the process ends before its home goes.
    pub(super) process: Option<Process>,
    pub(super) installation: Installation,
    pub(super) server: Server,
    organisation: OrganisationId,
    cluster: ClusterId,
    doors: Arc<Doors>,
    /// How many of the events were waited for.
    known: AtomicUsize,
}

/// Answers for a tenant whose container runs.
#[derive(Debug)]
struct Doors {
    engine: FakeEngine,
    objects: Mutex<BTreeMap<String, ObjectName>>,
    /// Tenants whose Odoo runs and serves nothing.
    mute: Mutex<bool>,
}

#[async_trait]
impl Door for Doors {
    async fn knock(&self, host: &HostName, _: &str) -> std::io::Result<u16> {
        let object = self.objects.lock().unwrap().get(&host.to_string()).cloned();
        let Some(object) = object else { return Ok(404) };
        let name = berth_runtime::WorkloadName::tenant(&object);
        let runs = matches!(
            self.engine.observe(&name).await,
            Ok(Some(found)) if found.state == ObservedState::Running
        );
        Ok(if runs && !*self.mute.lock().unwrap() { 200 } else { 503 })
    }
}

impl Site {
    /// An installation that is looked over this often, without a process.
    pub(super) async fn new(scan_every: Duration) -> Self {
        let mut installation = Installation::new("test-reconciler").await;
        installation.settings.scan_every = scan_every;
        let doors = Arc::new(Doors {
            engine: installation.runtime.clone(),
            objects: Mutex::default(),
            mute: Mutex::default(),
        });
        installation.door = doors.clone();
        let ClusterChoice::External { address, password } = &installation.settings.cluster else {
            panic!("the server of the tests is nobody's container");
        };
        let server = Server::connect(address, password).await.unwrap();
        let mut tx = installation.store.begin().await.unwrap();
        let organisation = OrganisationId::from_uuid(RandomIds.uuid());
        let now = SystemClock.now();
        let organisation =
            organisations::ensure_default(&mut tx, organisation, now).await.unwrap().id;
        let cluster = ClusterRow {
            id: ClusterId::from_uuid(RandomIds.uuid()),
            name: "main".to_owned(),
            kind: ClusterKind::External,
            major: None,
            created_at: now,
        };
        clusters::insert(&mut tx, &cluster).await.unwrap();
        tx.commit().await.unwrap();
        let cluster = cluster.id;
        let known = AtomicUsize::new(0);
        Self { process: None, installation, server, organisation, cluster, doors, known }
    }

    /// The same with `acme`, which runs.
    pub(super) async fn with_acme(scan_every: Duration) -> (Self, Tenant) {
        let mut site = Self::new(scan_every).await;
        let acme = site.tenant("acme", TenantState::Running).await;
        site.start().await;
        site.until_well(&acme).await;
        site.known.store(site.told().await.len(), Ordering::Relaxed);
        (site, acme)
    }

    pub(super) async fn start(&mut self) {
        self.process = Some(self.installation.start().await);
    }

    /// Ends the process as a kill does.
    pub(super) async fn crash(&mut self) {
        self.process.take().expect("a process is at work").crash().await;
    }

    pub(super) fn runtime(&self) -> &FakeEngine {
        &self.installation.runtime
    }

    pub(super) fn paths(&self) -> &Paths {
        &self.installation.settings.paths
    }

    /// Lets every Odoo run and serve nothing, or serve again.
    pub(super) fn mute(&self, mute: bool) {
        *self.doors.mute.lock().unwrap() = mute;
    }

    /// Adds a tenant with a database, a role and a filestore.
    pub(super) async fn tenant(&self, name: &str, state: TenantState) -> Tenant {
        let tenant = self.describe(name, state);
        let object = tenant.id.object_name();
        let password = SecretString::from("of-the-role");
        let mut tx = self.installation.store.begin().await.unwrap();
        tenants::insert(&mut tx, &tenant).await.unwrap();
        let subnet = subnets::reserve(&mut tx, tenant.id, 4096, |number| number).await.unwrap();
        for name in [SecretName::DbPassword, SecretName::MasterPassword, SecretName::AdminPassword]
        {
            secrets::put(&mut tx, &tenant.id.to_string(), name, &password).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.server.ensure_role(&object, &password, 10).await.unwrap();
        self.server.create_blank(&object, &object).await.unwrap();
        let sql = format!("SET ROLE \"{object}\"; CREATE TABLE ir_attachment (store_fname text);");
        postgres::Server::shared().execute(object.as_str(), &sql).unwrap();
        fs::create_dir_all(self.paths().object(&object).filestore()).unwrap();
        self.doors.objects.lock().unwrap().insert(tenant.host.to_string(), object);
        Tenant { subnet: Some(subnet), ..tenant }
    }

    fn describe(&self, name: &str, state: TenantState) -> Tenant {
        let settings = &self.installation.settings;
        Tenant {
            id: TenantId::from_uuid(RandomIds.uuid()),
            organisation: self.organisation,
            name: name.parse().unwrap(),
            host: format!("{name}.localhost").parse().unwrap(),
            stage: Stage::Production,
            state,
            generation: Generation(1),
            cluster: self.cluster,
            image: Image { reference: settings.odoo_image.clone(), digest: digest('a') },
            odoo: OdooSettings {
                modules: Vec::new(),
                language: "en_US".parse().unwrap(),
                country: None,
                demo: false,
                company: "Acme".parse().unwrap(),
                admin_login: "admin".parse().unwrap(),
                email: None,
                time_zone: "UTC".parse().unwrap(),
            },
            limits: settings.defaults.limits,
            storage: None,
            addons: None,
            subnet: None,
            blueprint: None,
            details: Details::default(),
            created_at: SystemClock.now(),
            created_by: Actor::System,
        }
    }

    /// The tenant as it is in the control database.
    pub(super) async fn state(&self, tenant: &Tenant) -> TenantState {
        let mut tx = self.installation.store.read().await.unwrap();
        tenants::get(&mut tx, self.organisation, tenant.id).await.unwrap().unwrap().state
    }

    pub(super) async fn observation(&self, tenant: &Tenant) -> Option<Observation> {
        let mut tx = self.installation.store.read().await.unwrap();
        observations::find(&mut tx, self.organisation, tenant.id).await.unwrap()
    }

    pub(super) fn route(&self, tenant: &Tenant) -> Option<Route> {
        let process = self.process.as_ref().expect("a process is at work");
        process.routes.borrow().find(&tenant.host).cloned()
    }

    /// Events that the reconciler wrote, oldest first: kind and data.
    pub(super) async fn told(&self) -> Vec<(String, Value)> {
        let mut tx = self.installation.store.read().await.unwrap();
        let events =
            berth_store::events::after(&mut tx, self.organisation, 0, None, 1000).await.unwrap();
        events.rows.into_iter().map(|event| (event.kind, event.data)).collect()
    }

    /// Whether its container runs.
    pub(super) async fn runs(&self, tenant: &Tenant) -> bool {
        let name = berth_runtime::WorkloadName::tenant(&tenant.id.object_name());
        let found = self.runtime().observe(&name).await;
        matches!(found, Ok(Some(found)) if found.state == ObservedState::Running)
    }

    /// Whether visitors reach it and nothing is said against it.
    pub(super) async fn is_well(&self, tenant: &Tenant) -> bool {
        let is_open = self
            .route(tenant)
            .is_some_and(|route| route.state == RouteState::Open && route.upstream.is_some());
        let seen = self.observation(tenant).await;
        is_open
            && self.runs(tenant).await
            && self.state(tenant).await == TenantState::Running
            && seen.is_some_and(|seen| seen.drift.is_none() && seen.container == "running")
    }

    pub(super) async fn until_well(&self, tenant: &Tenant) {
        self.until("well", tenant, async || self.is_well(tenant).await).await;
    }

    /// Waits, and says what there is when that is in vain.
    async fn until(&self, what: &str, tenant: &Tenant, condition: impl AsyncFnMut() -> bool) {
        if tokio::time::timeout(DEADLINE, wait::until(DEADLINE * 2, condition)).await.is_err() {
            let (seen, told) = (self.observation(tenant).await, self.told().await);
            let state = self.state(tenant).await;
            panic!("not {what}: {state}, {:?}, {seen:#?}, {told:#?}", self.route(tenant));
        }
    }

    /// Waits until the tenant is said to be drifted for a reason with this in it.
    pub(super) async fn until_drifted(&self, tenant: &Tenant, part: &str) {
        self.until(&format!("drifted: {part}"), tenant, async || {
            let seen = self.observation(tenant).await;
            let reason = seen.and_then(|seen| seen.drift).map(|drift| drift.reason);
            matches!(self.state(tenant).await, TenantState::Drifted { .. })
                && reason.is_some_and(|reason| reason.contains(part))
        })
        .await;
    }

    /// Waits until something was put right whose reason has this in it, after what was waited for
    /// before.
    pub(super) async fn until_healed(&self, tenant: &Tenant, part: &str) {
        self.until(&format!("healed: {part}"), tenant, async || {
            let told = self.told().await;
            let known = self.known.load(Ordering::Relaxed);
            let found = told
                .iter()
                .skip(known)
                .position(|(kind, data)| kind == "healed" && data.to_string().contains(part));
            if let Some(found) = found {
                self.known.store(known + found + 1, Ordering::Relaxed);
            }
            found.is_some()
        })
        .await;
    }
}
