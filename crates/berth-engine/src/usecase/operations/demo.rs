//! Operations that do nothing but wait, for trying out recovery.

use berth_domain::audit::{Object, ObjectKind};
use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId};
use berth_store::operations as stored;
use serde_json::json;

use super::{Subject, new, view};
use crate::error::EngineError;
use crate::usecase::audit::Deed;
use crate::usecase::{organisation, shown};
use crate::view::{OperationView, PlanView};
use crate::{Engine, plan};

impl Engine {
    /// Says what a demo would do, and begins none.
    pub async fn plan_demo(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        organisation(&mut tx, actor, org).await?;
        Ok(plan::demo(&shown(name)))
    }

    /// Starts an operation that blocks until it is released.
    pub async fn create_demo(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<OperationView, EngineError> {
        let id = OperationId::from_uuid(self.0.ids.uuid());
        let mut tx = self.0.store.begin().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let subject = Subject {
            organisation: organisation.id,
            kind: OperationKind::Demo,
            queue: Queue::Low,
            tenant: None,
            target: shown(name),
            input: json!({}),
            state: OperationState::Queued,
        };
        let operation = new(&self.0, actor, id, subject);
        stored::insert(&mut tx, &operation).await?;
        let object = Object::new(ObjectKind::Operation, id, &operation.target);
        let deed = Deed::new(operation.kind.as_str(), organisation.id, object);
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        self.0.bell.ring();
        Ok(view(&operation, &[]))
    }
}
