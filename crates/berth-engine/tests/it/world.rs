//! An installation with one engine at work on it.

use berth_engine::request::{CreateTenant, TenantFilter};
use berth_engine::{Engine, EngineError};
use berth_engine_testkit::{ACTOR, Installation, ORG, Process, external};
use berth_runtime::fake::FakeEngine;
use berth_testkit::postgres;

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) runtime: FakeEngine,
    // In this order: the process ends before its home goes.
    _process: Process,
    _installation: Installation,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(Installation::new("test-it").await).await
    }

    /// An engine that signs in to the PostgreSQL server with this password.
    pub(crate) async fn with_password(password: &str) -> Self {
        let mut installation = Installation::new("test-it").await;
        installation.settings.cluster = external(postgres::Server::shared(), password);
        Self::on(installation).await
    }

    async fn on(installation: Installation) -> Self {
        let process = installation.start().await;
        let (engine, runtime) = (process.engine.clone(), installation.runtime.clone());
        Self { engine, runtime, _process: process, _installation: installation }
    }

    /// Asks for a tenant and returns every problem as `field: message`.
    pub(crate) async fn problems(&self, request: &CreateTenant) -> Vec<String> {
        match self.engine.create_tenant(&ACTOR, ORG, request).await {
            Err(EngineError::Invalid(problems)) => {
                problems.0.into_iter().map(|p| format!("{}: {}", p.field, p.message)).collect()
            }
            other => panic!("expected problems, got {other:?}"),
        }
    }

    pub(crate) async fn tenants(&self) -> usize {
        self.engine.tenants(&ACTOR, ORG, &TenantFilter::default()).await.unwrap().tenants.len()
    }
}

pub(crate) fn named(name: &str) -> CreateTenant {
    CreateTenant { name: name.to_owned(), ..CreateTenant::default() }
}
