//! What a tenant is to be, and what it is called, written by the steps that change it.
//!
//! # Invariants
//!
//! * What is written raises the generation by one. What found the row changed meanwhile, or gone, wrote
//!   nothing, and the step fails.

use berth_domain::{Generation, Tenant};
use berth_store::{Change, Tx, tenants};

use crate::operation::StepError;

/// Writes what a tenant is to be: its wishes, its stage and its blueprint. Returns it as it is then.
pub(crate) async fn write(tx: &mut Tx, tenant: Tenant) -> Result<Tenant, StepError> {
    let tenant = raised(tenant);
    let change = tenants::update(tx, &tenant).await?;
    demand(tx, tenant, change).await
}

/// Writes its name and host. Returns it as it is then.
pub(crate) async fn rename(tx: &mut Tx, tenant: Tenant) -> Result<Tenant, StepError> {
    let tenant = raised(tenant);
    let change = tenants::rename(tx, &tenant).await?;
    demand(tx, tenant, change).await
}

fn raised(mut tenant: Tenant) -> Tenant {
    tenant.generation = Generation(tenant.generation.0 + 1);
    tenant
}

async fn demand(tx: &mut Tx, tenant: Tenant, change: Change) -> Result<Tenant, StepError> {
    if change.is_updated() {
        return Ok(tenant);
    }
    match tenants::get(tx, tenant.organisation, tenant.id).await? {
        Some(_) => Err(StepError::retry("the tenant was changed by somebody else meanwhile")),
        None => Err(StepError::fail("the tenant is gone")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::TestEngine;

    /// Runs a test with a tenant of the first generation.
    fn with_a_tenant(test: impl AsyncFnOnce(TestEngine, Tenant)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let test = async {
            let engine = TestEngine::new().await;
            let tenant = engine.populate(&["acme"]).await.remove(0);
            test(engine, tenant).await;
        };
        tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
    }

    fn other(tenant: &Tenant) -> Tenant {
        let mut tenant = tenant.clone();
        tenant.odoo.modules = vec!["crm".parse().unwrap()];
        tenant.name = "acme-2".parse().unwrap();
        tenant.host = "acme-2.localhost".parse().unwrap();
        tenant
    }

    #[test]
    fn what_is_written_is_one_generation_on() {
        with_a_tenant(async |engine, tenant| {
            let mut tx = engine.inner.store.begin().await.unwrap();

            let written = write(&mut tx, other(&tenant)).await.unwrap();
            let renamed = rename(&mut tx, written.clone()).await.unwrap();

            assert_eq!((written.generation, renamed.generation), (Generation(2), Generation(3)));
            let found = tenants::get(&mut tx, tenant.organisation, tenant.id).await.unwrap();
            assert_eq!(found, Some(renamed));
        });
    }

    #[test]
    fn a_step_fails_that_finds_the_tenant_gone() {
        with_a_tenant(async |engine, tenant| {
            let mut tx = engine.inner.store.begin().await.unwrap();
            assert!(tenants::delete(&mut tx, tenant.id).await.unwrap().is_updated());

            for written in
                [write(&mut tx, other(&tenant)).await, rename(&mut tx, other(&tenant)).await]
            {
                let error = written.unwrap_err();
                assert_eq!((error.why.as_str(), error.may_pass), ("the tenant is gone", false));
            }
        });
    }

    #[test]
    fn a_step_is_tried_again_that_finds_the_tenant_changed() {
        with_a_tenant(async |engine, tenant| {
            let mut tx = engine.inner.store.begin().await.unwrap();
            write(&mut tx, tenant.clone()).await.unwrap();

            for written in
                [write(&mut tx, other(&tenant)).await, rename(&mut tx, other(&tenant)).await]
            {
                let error = written.unwrap_err();
                let why = "the tenant was changed by somebody else meanwhile";
                assert_eq!((error.why.as_str(), error.may_pass), (why, true));
            }
        });
    }
}
