//! What a step may use.

use std::ops::Deref;
use std::sync::Arc;

use berth_domain::{ObjectName, Tenant, TenantId};
use berth_runtime::Labels;
use berth_store::operations::Operation;

use super::StepError;
use super::reporter::Reporter;
use crate::engine::Inner;

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
