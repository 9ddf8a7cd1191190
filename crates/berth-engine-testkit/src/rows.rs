//! Rows that are written behind the engine's back.

use berth_domain::operation::OperationState;
use berth_domain::statistics::{Sample, Step};
use berth_domain::{OperationId, OrganisationId, TenantId, TenantState};
use berth_store::operations::{self, Ending};
use berth_store::{statistics, tenants};

use crate::Installation;

impl Installation {
    /// Has a tenant be in another state, as if something had happened to it.
    ///
    /// # Panics
    ///
    /// When it is not in the state that it is to leave.
    pub async fn put_state(&self, tenant: TenantId, from: &TenantState, to: &TenantState) {
        let mut tx = self.store.begin().await.expect("the control database is there");
        let change = tenants::set_state(&mut tx, tenant, from, to).await.expect("a tenant");
        assert!(change.is_updated(), "it is not {from:?}");
        tx.commit().await.expect("the control database takes it");
    }

    /// Has an operation be stuck that is at work, for this reason.
    ///
    /// # Panics
    ///
    /// When it is not at work.
    pub async fn put_stuck(&self, within: OrganisationId, operation: OperationId, why: &str) {
        let (state, at) = (OperationState::Stuck, self.clock.now());
        let ending = Ending { state, error: Some(why.to_owned()), at };
        let mut tx = self.store.begin().await.expect("the control database is there");
        let found =
            operations::find(&mut tx, within, operation).await.expect("a table that is read");
        let epoch = found.expect("an operation").epoch;
        let change = operations::finish(&mut tx, operation, epoch, &ending).await;
        assert!(change.expect("an operation").is_updated(), "it is not at work");
        tx.commit().await.expect("the control database takes it");
    }

    /// Has nobody know a tenant any more, of which everything else is left.
    ///
    /// # Panics
    ///
    /// When there is no such tenant.
    pub async fn lose(&self, tenant: TenantId) {
        let mut tx = self.store.begin().await.expect("the control database is there");
        let change = tenants::delete(&mut tx, tenant).await.expect("a tenant");
        assert!(change.is_updated(), "there is no {tenant}");
        tx.commit().await.expect("the control database takes it");
    }

    /// Has it be known what a tenant used.
    ///
    /// # Panics
    ///
    /// When there is no such tenant.
    pub async fn put_samples(&self, tenant: TenantId, step: Step, samples: &[Sample]) {
        let mut tx = self.store.begin().await.expect("the control database is there");
        for sample in samples {
            let written = statistics::write(&mut tx, step, &[(tenant, sample.clone())]).await;
            written.expect("a tenant");
        }
        tx.commit().await.expect("the control database takes it");
    }
}
