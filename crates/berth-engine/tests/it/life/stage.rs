//! An installation whose clock stands still, and tenants that are made quickly.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::storage::Level;
use berth_domain::{Clock as _, OperationId, Tenant, TenantState};
use berth_edge::RouteState;
use berth_engine::request::{CreateTenant, NoteTenant, SetTenant, TenantChange};
use berth_engine::view::{EventView, OperationView};
use berth_engine::{EngineError, SetOutcome};
use berth_engine_testkit::{ACTOR, Control, Installation, ORG, Process};
use berth_store::{storage, tenants};
use berth_testkit::{FixedClock, sqlite, wait};
use jiff::SignedDuration;

use berth_engine_testkit::odoo;

/// An operation is at rest within this time.
pub(super) const REST: Duration = Duration::from_mins(1);

pub(super) struct Stage {
    // In this order: the process ends before its home goes.
    process: Option<Process>,
    pub(super) installation: Installation,
    clock: Arc<FixedClock>,
}

impl Stage {
    pub(super) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// An installation that is set up a little differently.
    pub(super) async fn with(change: impl FnOnce(&mut Installation)) -> Self {
        Self::set_up(Installation::new("test-life").await, change).await
    }

    /// An installation with this kind of control database.
    pub(super) async fn on(control: Control) -> Self {
        Self::set_up(Installation::with_control("test-life", control).await, |_| {}).await
    }

    async fn set_up(
        mut installation: Installation,
        change: impl FnOnce(&mut Installation),
    ) -> Self {
        let clock = Arc::new(FixedClock::default());
        installation.clock = clock.clone();
        odoo::answer(&installation.runtime);
        change(&mut installation);
        let process = Some(installation.start().await);
        Self { process, installation, clock }
    }

    pub(super) fn process(&self) -> &Process {
        self.process.as_ref().expect("a process is at work")
    }

    /// Ends the process. [`Self::pass`] starts the next one.
    pub(super) async fn rest(&mut self) {
        if let Some(process) = self.process.take() {
            process.crash().await;
        }
    }

    /// Lets time pass. The next process looks at once for whose time has come.
    pub(super) async fn pass(&mut self, time: SignedDuration) {
        self.rest().await;
        self.clock.advance(time);
        self.process = Some(self.installation.start().await);
    }

    /// Lets time pass while the process goes on.
    pub(super) fn tick(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    /// Makes a tenant and waits until it runs.
    pub(super) async fn create(&self, name: &str) {
        self.create_as(CreateTenant { name: name.to_owned(), ..CreateTenant::default() }).await;
    }

    pub(super) async fn create_as(&self, request: CreateTenant) {
        let begun = self.process().engine.create_tenant(&ACTOR, ORG, &request).await;
        self.done(begun.unwrap()).await;
    }

    /// Changes a tenant and waits until that is done.
    pub(super) async fn change(&self, name: &str, change: TenantChange) {
        let begun = self.begin(name, change).await.unwrap();
        self.done(begun).await;
    }

    pub(super) async fn begin(
        &self,
        name: &str,
        change: TenantChange,
    ) -> Result<OperationView, EngineError> {
        self.process().engine.change_tenant(&ACTOR, ORG, name, &change).await
    }

    pub(super) async fn set(
        &self,
        name: &str,
        request: SetTenant,
    ) -> Result<SetOutcome, EngineError> {
        self.process().engine.set_tenant(&ACTOR, ORG, name, &request).await
    }

    /// Notes something, which is done at once.
    pub(super) async fn note(&self, name: &str, notes: NoteTenant) -> Tenant {
        let set = SetTenant { notes, ..SetTenant::default() };
        match self.set(name, set).await.unwrap() {
            SetOutcome::Noted(view) => view.tenant,
            SetOutcome::Begun(operation) => panic!("began {operation:?}"),
        }
    }

    pub(super) async fn done(&self, operation: OperationView) {
        let id = operation.id.to_string();
        let view = wait::until_some(REST, async || {
            let view = self.process().engine.operation(&ACTOR, ORG, &id).await.unwrap();
            view.state.is_at_rest().then_some(view)
        });
        let view = view.await;
        assert_eq!(view.state.as_str(), "done", "{view:#?}");
    }

    /// Reads a tenant's row. `None`: it is gone.
    pub(super) async fn find(&self, name: &str) -> Option<Tenant> {
        let mut tx = self.installation.store.read().await.unwrap();
        let all = tenants::all(&mut tx).await.unwrap().rows;
        all.into_iter().find(|tenant| tenant.name.as_str() == name)
    }

    pub(super) async fn get(&self, name: &str) -> Tenant {
        self.find(name).await.unwrap_or_else(|| panic!("there is no `{name}`"))
    }

    /// Moves a tenant into a state that nothing else here leads to.
    pub(super) async fn put(&self, name: &str, state: TenantState) {
        let tenant = self.get(name).await;
        let mut tx = self.installation.store.begin().await.unwrap();
        let moved = tenants::set_state(&mut tx, tenant.id, &tenant.state, &state).await.unwrap();
        assert!(moved.is_updated());
        tx.commit().await.unwrap();
    }

    pub(super) async fn is_measured(&self, name: &str) -> bool {
        let tenant = self.get(name).await;
        let mut tx = self.installation.store.read().await.unwrap();
        let found = storage::find(&mut tx, tenant.organisation, tenant.id).await.unwrap();
        found.is_some_and(|it| it.measured.is_some())
    }

    /// Makes a tenant one that is over its limit, by what was measured of it.
    pub(super) async fn outgrow(&self, name: &str) {
        let (tenant, since) = (self.get(name).await, self.clock.now());
        let over = TenantState::OverLimit { since };
        let mut tx = self.installation.store.begin().await.unwrap();
        storage::set_level(&mut tx, tenant.id, Level::Over).await.unwrap();
        let moved = tenants::set_state(&mut tx, tenant.id, &tenant.state, &over).await.unwrap();
        assert!(moved.is_updated());
        tx.commit().await.unwrap();
    }

    /// Changes rows past the store, as a newer version or somebody with a shell could.
    pub(super) async fn tamper(&self, sql: &str) {
        sqlite::execute(&self.installation.home().join("berth.db"), sql).await;
    }

    pub(super) async fn until(&self, condition: impl AsyncFn() -> bool) {
        wait::until(REST, async || condition().await).await;
    }

    /// What visitors of a host get. `None`: nobody knows it.
    pub(super) fn route(&self, host: &str) -> Option<RouteState> {
        let table = self.process().routes.borrow().clone();
        table.find(&host.parse().unwrap()).map(|route| route.state)
    }

    /// What was written about tenants beside their operations.
    pub(super) async fn events(&self, kind: &str) -> Vec<EventView> {
        let mut tx = self.installation.store.read().await.unwrap();
        let organisation = self.organisation().await;
        let listed = berth_store::events::after(&mut tx, organisation, 0, None, 10_000).await;
        let rows = listed.unwrap().rows.into_iter().filter(|event| event.kind == kind);
        rows.map(|event| EventView {
            id: event.id,
            at: event.at,
            operation: event.operation,
            kind: event.kind,
            data: event.data,
        })
        .collect()
    }

    async fn organisation(&self) -> berth_domain::OrganisationId {
        let mut tx = self.installation.store.read().await.unwrap();
        berth_store::organisations::find(&mut tx, ORG).await.unwrap().unwrap().id
    }
}

/// Every problem as `field: message`.
pub(super) fn problems<T: std::fmt::Debug>(refused: Result<T, EngineError>) -> Vec<String> {
    match refused {
        Err(EngineError::Invalid(problems)) => {
            problems.0.into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect()
        }
        other => panic!("expected problems, got {other:?}"),
    }
}

/// An operation that never was.
pub(super) fn nobody() -> OperationId {
    OperationId::from_uuid(uuid::Uuid::nil())
}
