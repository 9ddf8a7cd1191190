//! What it would mean to tell an operation something.

use berth_domain::Actor;
use berth_store::operations as stored;

use super::{Request, find, resumed_tenant};
use crate::error::EngineError;
use crate::view::PlanView;
use crate::{Engine, plan};

impl Engine {
    /// Says what a cancellation would take back, and leaves the operation alone.
    pub async fn plan_cancel(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<PlanView, EngineError> {
        self.plan_request(actor, org, id, Request::Cancel).await
    }

    /// Says what would be tried again, and leaves the operation alone.
    pub async fn plan_retry(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<PlanView, EngineError> {
        self.plan_request(actor, org, id, Request::Retry).await
    }

    /// Says what would be taken back, and leaves the operation alone.
    pub async fn plan_undo(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<PlanView, EngineError> {
        self.plan_request(actor, org, id, Request::Undo).await
    }

    /// Says what a demo would do once it is let go on, and leaves it waiting.
    pub async fn plan_release(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<PlanView, EngineError> {
        self.plan_request(actor, org, id, Request::Release).await
    }

    /// Checks what the request itself checks.
    async fn plan_request(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
        request: Request,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let operation = find(&mut tx, actor, org, id).await?;
        let journal = stored::journal(&mut tx, operation.id).await?;
        request.check(&operation, &journal)?;
        let _ = resumed_tenant(&mut tx, &operation).await?;
        let asked = request.asked().map(|asked| (asked, self.0.clock.now()));
        plan::asked(request.verb(), &operation, &journal, asked).map_err(|error| {
            let why = error.to_string();
            EngineError::NotNow { operation: operation.id, action: request.done(), why }
        })
    }
}
