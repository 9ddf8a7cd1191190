//! Rows that are written behind the engine's back.

use berth_domain::statistics::{Sample, Step};
use berth_domain::{TenantId, TenantState};
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
