//! Making a tenant of what is left of one whose row is gone.

mod admit;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, Problems, Tenant};
use berth_store::secrets::SecretName;
use berth_store::{Tx, events, names, operations, orphans, secrets, tenants};
use serde_json::json;

use super::create::made_deed;
use super::operations::{Subject, new, view};
use super::{organisation, still_there};
use crate::admission::{name_taken, taken};
use crate::error::EngineError;
use crate::request::AdoptOrphan;
use crate::secret::secret;
use crate::view::{OperationView, PlanView};
use crate::{Engine, plan};
use admit::{Admitted, admit, is_being_removed};

impl Engine {
    /// Says what an adoption would do, and touches nothing.
    pub async fn plan_adoption(
        &self,
        actor: &Actor,
        org: &str,
        request: &AdoptOrphan,
    ) -> Result<PlanView, EngineError> {
        let (_, admitted) = self.admitted_adoption(actor, org, request).await?;
        Ok(plan::adoption(&self.0.settings, &admitted.tenant))
    }

    /// Makes an archived tenant of a database, a role and a folder that belong to nobody. Answers with
    /// the operation that does it.
    pub async fn adopt_orphan(
        &self,
        actor: &Actor,
        org: &str,
        request: &AdoptOrphan,
    ) -> Result<OperationView, EngineError> {
        let (id, Admitted { tenant, found }) = self.admitted_adoption(actor, org, request).await?;
        let subject = Subject {
            organisation: tenant.organisation,
            kind: OperationKind::TenantAdopt,
            queue: Queue::Default,
            tenant: Some(tenant.id),
            target: tenant.name.to_string(),
            input: json!(found),
            state: OperationState::Queued,
        };
        let operation = new(&self.0, actor, id, subject);
        let now = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        self.claim(&mut tx, &tenant).await?;
        tenants::insert(&mut tx, &tenant).await?;
        let owner = tenant.id.to_string();
        // Of the administrator's password nobody here knows anything.
        secrets::put(&mut tx, &owner, SecretName::DbPassword, &secret()).await?;
        secrets::put(&mut tx, &owner, SecretName::MasterPassword, &secret()).await?;
        operations::insert(&mut tx, &operation).await?;
        self.record(&mut tx, actor, made_deed(&tenant, &operation)).await?;
        let data = json!({ "state": operation.state.as_str() });
        events::append(&mut tx, &self.0.reports.of(&operation).event("state", data), now).await?;
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(view(&operation, &[]))
    }

    async fn admitted_adoption(
        &self,
        actor: &Actor,
        org: &str,
        request: &AdoptOrphan,
    ) -> Result<(OperationId, Admitted), EngineError> {
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        drop(tx);
        let id = self.operation_id();
        let admitted = admit(&self.0, actor, (&organisation, request), id).await?;
        Ok((id, admitted))
    }

    /// Looks again, in the transaction that decides, whether nobody was faster.
    async fn claim(&self, tx: &mut Tx, tenant: &Tenant) -> Result<(), EngineError> {
        names::lock(tx).await?;
        still_there(tx, tenant.organisation).await?;
        if let Some(taken) = name_taken(tx, tenant.organisation, &tenant.name).await? {
            return Err(taken);
        }
        let mut problems = Problems::default();
        if let Some(holder) = names::holder_of_host(tx, &tenant.host, None).await? {
            let host = (&tenant.host, tenant.organisation);
            taken::note_host(tx, host, holder, &mut problems).await?;
        }
        let object = tenant.id.object_name();
        if orphans::claims(tx).await?.has(&object) {
            problems.add("orphan", format!("`{object}` belongs to a tenant"));
        }
        if is_being_removed(tx, &object, self.0.clock.now()).await? {
            problems.add("orphan", format!("`{object}` is being removed"));
        }
        for orphan in orphans::list(tx).await?.rows {
            if orphan.what.name.ends_with(object.as_str()) {
                orphans::forget(tx, &orphan.what).await?;
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(EngineError::Invalid(problems)) }
    }
}
