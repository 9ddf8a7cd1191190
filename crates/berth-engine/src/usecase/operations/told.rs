//! Telling operations what to do.
//!
//! # Invariants
//!
//! * Whoever may not begin something may not tell it anything either.
//! * What is asked stands in the journal, in the same transaction as who asked it.

use berth_domain::access::{Place, Right};
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{Actor, Event, Tenant, TenantState};
use berth_store::operations::{self as stored, JournalRecord, Operation, Request as Asked};
use berth_store::{Tx, events, tenants};
use serde_json::json;

use super::find;
use crate::Engine;
use crate::engine::Role;
use crate::error::EngineError;
use crate::request::OperationRequest as Request;
use crate::sagas::{self, outline};
use crate::usecase::audit::Deed;
use crate::view::OperationView;

impl Engine {
    /// Stops an operation and unwinds what it did. Refused once there is no way back.
    pub async fn cancel_operation(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationView, EngineError> {
        self.request(actor, org, id, Request::Cancel).await
    }

    /// Tries a stuck operation again, in the direction it was going.
    pub async fn retry_operation(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationView, EngineError> {
        self.request(actor, org, id, Request::Retry).await
    }

    /// Unwinds a stuck operation. Refused once there is no way back.
    pub async fn undo_operation(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationView, EngineError> {
        self.request(actor, org, id, Request::Undo).await
    }

    /// Lets a demo operation go on.
    pub async fn release_demo(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
    ) -> Result<OperationView, EngineError> {
        self.request(actor, org, id, Request::Release).await
    }

    /// Whoever may not begin something may not stop it either, nor have it tried again.
    pub(super) fn demand_operation(&self, operation: &Operation) -> Result<(), EngineError> {
        let place = Place::Organisation(operation.organisation);
        self.demand(Right::of_operation(operation.kind), place)
    }

    async fn request(
        &self,
        actor: &Actor,
        org: &str,
        id: &str,
        request: Request,
    ) -> Result<OperationView, EngineError> {
        let at = self.0.clock.now();
        let mut tx = self.0.store.begin().await?;
        let operation = find(&mut tx, actor, org, id).await?;
        self.demand_operation(&operation)?;
        let journal = stored::journal(&mut tx, operation.id).await?;
        request.check(&operation, &journal)?;
        if let Some((tenant, next)) = resumed_tenant(&mut tx, &operation).await?
            && !tenants::set_state(&mut tx, tenant.id, &tenant.state, &next).await?.is_updated()
        {
            let why = "the tenant was changed by somebody else just now".to_owned();
            return Err(EngineError::NotNow { operation: operation.id, action: "resumed", why });
        }
        match request.asked() {
            Some(asked) => {
                let _ = stored::append_request(&mut tx, operation.id, asked, actor, at).await?;
            }
            None => sagas::demo::release(&mut tx, &self.0.reports.of(&operation), at).await?,
        }
        let object = Object::new(ObjectKind::Operation, operation.id, &operation.target);
        let deed = Deed::new(request.action(), operation.organisation, object);
        self.record(&mut tx, actor, deed.before(json!({ "state": operation.state.as_str() })))
            .await?;
        if self.0.role() == Role::Standby {
            // Its driver is another process, and hears of it by this.
            let asked = self.0.reports.of(&operation).event(events::ASKED, json!({}));
            events::append(&mut tx, &asked, at).await?;
        }
        tx.commit().await?;
        self.0.bell.interrupt(operation.id);
        self.0.bell.ring();
        self.0.announce();
        self.operation(actor, org, id).await
    }
}

impl Request {
    /// What it is in the journal. `None`: a release is told to the demo itself.
    pub(super) const fn asked(self) -> Option<Asked> {
        match self {
            Self::Cancel | Self::Undo => Some(Asked::Undo),
            Self::Retry => Some(Asked::Retry),
            Self::Release => None,
        }
    }

    /// What is done: `berth operation retry`.
    pub(super) const fn verb(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Retry => "retry",
            Self::Undo => "undo",
            Self::Release => "release",
        }
    }

    /// What it is to those who look at who did what.
    const fn action(self) -> &'static str {
        match self {
            Self::Cancel => "operation.cancel",
            Self::Retry => "operation.retry",
            Self::Undo => "operation.undo",
            Self::Release => "operation.release",
        }
    }

    /// What was done then.
    pub(super) const fn done(self) -> &'static str {
        match self {
            Self::Cancel => "cancelled",
            Self::Retry => "retried",
            Self::Undo => "undone",
            Self::Release => "released",
        }
    }

    pub(super) fn check(
        self,
        operation: &Operation,
        journal: &[JournalRecord],
    ) -> Result<(), EngineError> {
        let refuse = |action, why: &str| {
            Err(EngineError::NotNow { operation: operation.id, action, why: why.to_owned() })
        };
        let action = self.done();
        let is_stuck = matches!(self, Self::Retry | Self::Undo);
        let state = operation.state;
        if is_stuck && state != OperationState::Stuck {
            return refuse(action, &format!("it is {state}, not stuck"));
        }
        if !is_stuck && state.is_at_rest() {
            return refuse(action, &format!("it is {state} already"));
        }
        if self == Self::Release && operation.kind != OperationKind::Demo {
            return refuse(action, "only a demo waits to be released");
        }
        if matches!(self, Self::Cancel | Self::Undo) {
            let outline = outline(operation.kind, journal).map_err(|error| {
                EngineError::NotNow { operation: operation.id, action, why: error.to_string() }
            })?;
            if !outline.can_unwind {
                return refuse(
                    action,
                    "it is past the point of no return, so it can only be finished",
                );
            }
        }
        Ok(())
    }
}

/// A tenant that a stuck operation left broken belongs to that operation again: in which state.
/// `None` for an operation that is not stuck, or has no tenant to get back.
pub(super) async fn resumed_tenant(
    tx: &mut Tx,
    operation: &Operation,
) -> Result<Option<(Tenant, TenantState)>, EngineError> {
    let is_stuck = operation.state == OperationState::Stuck;
    let Some(id) = operation.tenant.filter(|_| is_stuck) else { return Ok(None) };
    let Some(tenant) = tenants::get(tx, operation.organisation, id).await? else { return Ok(None) };
    if tenant.state == (TenantState::Deleting { operation: operation.id }) {
        return Ok(None);
    }
    let change = operation.kind.change();
    let event = Event::Retry { operation: operation.id, change };
    let next = tenant
        .state
        .on(event)
        .map_err(|source| EngineError::Illegal { tenant: tenant.name.to_string(), source })?;
    Ok(Some((tenant, next)))
}
