//! What a step may use.

use std::ops::Deref;
use std::sync::Arc;

use berth_domain::{ObjectName, Tenant, TenantId};
use berth_runtime::Labels;
use berth_store::operations::Operation;

use super::StepError;
use super::reporter::Reporter;
use crate::engine::Inner;
use crate::parts::cluster::{Cluster, ClusterGate};

/// The operation at work, and the engine around it.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) engine: Arc<Inner>,
    pub(crate) operation: Operation,
    pub(crate) reporter: Reporter,
}

impl Context {
    /// The tenant that the operation is about.
    pub(crate) fn tenant_id(&self) -> TenantId {
        self.operation.tenant.expect("every operation of a tenant's saga names its tenant")
    }

    pub(crate) fn object(&self) -> ObjectName {
        self.tenant_id().object_name()
    }

    pub(crate) fn labels(&self) -> Labels {
        Labels { tenant: Some(self.tenant_id()), operation: Some(self.operation.id) }
    }

    /// Reads the tenant. It exists for as long as its operation is at work.
    pub(crate) async fn tenant(&self) -> Result<Tenant, StepError> {
        self.find_tenant().await?.ok_or_else(|| StepError::fail("the tenant is gone"))
    }

    /// Waits for the cluster that the tenant's database is on.
    pub(crate) async fn tenants_cluster(&self) -> Result<Arc<Cluster>, StepError> {
        let tenant = self.tenant().await?;
        Ok(self.engine.cluster_of(&tenant).await?)
    }

    /// What became of it. Without a tenant it is the one that all share.
    pub(crate) async fn gate(&self) -> Arc<ClusterGate> {
        let tenant = match self.operation.tenant {
            Some(_) => self.find_tenant().await.ok().flatten(),
            None => None,
        };
        // Of one that the tenant has for itself and nobody asked for there is nothing to say.
        let own = tenant.and_then(|tenant| self.engine.own_clusters.find(tenant.id));
        own.unwrap_or_else(|| Arc::clone(&self.engine.cluster))
    }

    /// `None` once a deletion forgot it.
    pub(crate) async fn find_tenant(&self) -> Result<Option<Tenant>, StepError> {
        let mut tx = self.engine.store.read().await?;
        let organisation = self.operation.organisation;
        Ok(berth_store::tenants::get(&mut tx, organisation, self.tenant_id()).await?)
    }
}

impl Deref for Context {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.engine
    }
}
