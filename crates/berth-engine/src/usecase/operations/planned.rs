//! What it would mean to tell an operation something.

use berth_domain::Actor;
use berth_store::operations as stored;

use super::find;
use super::told::resumed_tenant;
use crate::error::EngineError;
use crate::request::OperationRequest;
use crate::view::PlanView;
use crate::{Engine, plan};

impl Engine {
    /// Says what would follow if an operation was told this, after everything that is checked then,
    /// and leaves the operation alone.
    pub async fn plan_request(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
        request: OperationRequest,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let operation = find(&mut tx, actor, org, id).await?;
        self.demand_operation(&operation)?;
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
