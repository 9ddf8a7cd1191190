//! Whether a change may begin, and its beginning.
//!
//! # Invariants
//!
//! * What is decided is decided in one transaction, on the tenant as it is then: operation, state and
//!   event are written together, or none of them.
//! * Locks are taken in one order: names, quotas, events.

use std::sync::Arc;

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, Event, OperationId, Problems, Tenant, TenantState};
use berth_store::events::NewEvent;
use berth_store::operations::{self, Operation};
use berth_store::{Tx, events, names, quotas, tenants};
use serde_json::{Value, json};

use crate::admission::{quota, taken};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::sagas::before;
use crate::sagas::rename::RenameInput;
use crate::usecase::operations::{Subject, new};

/// A change that somebody asked for.
pub(in crate::usecase) struct Request<'a> {
    pub(in crate::usecase) actor: &'a Actor,
    /// The tenant that the input was made for.
    pub(in crate::usecase) seen: &'a Tenant,
    pub(in crate::usecase) kind: OperationKind,
    pub(in crate::usecase) id: OperationId,
    pub(in crate::usecase) input: Value,
}

/// The state that the change leads to, if actor and tenant allow it.
pub(in crate::usecase) fn allowed(
    engine: &Inner,
    actor: &Actor,
    tenant: &Tenant,
    (kind, operation): (OperationKind, OperationId),
) -> Result<TenantState, EngineError> {
    use OperationKind as K;

    let name = || tenant.name.to_string();
    if let Some(operation) = tenant.state.operation() {
        let kind = format!("it is {}", tenant.state.label());
        return Err(EngineError::Busy { tenant: name(), kind, operation });
    }
    let event = match kind.change() {
        Some(change) => Event::Change { operation, change },
        None => Event::Purge { operation },
    };
    let next =
        tenant.state.on(event).map_err(|source| EngineError::Illegal { tenant: name(), source })?;
    if matches!(kind, K::TenantSuspend | K::TenantResume) && !actor.is_operator() {
        return Err(EngineError::OperatorOnly { tenant: name() });
    }
    let opens = matches!(
        kind,
        K::TenantStart | K::TenantResume | K::TenantUnarchive | K::TenantRestoreDeleted
    );
    match tenant.details.expires_at {
        Some(at) if opens && at <= engine.clock.now() => {
            Err(EngineError::Expired { tenant: name(), at })
        }
        _ => Ok(next),
    }
}

/// Begins the operation that makes a change.
pub(in crate::usecase) async fn begin(
    tx: &mut Tx,
    engine: &Arc<Inner>,
    request: Request<'_>,
) -> Result<Operation, EngineError> {
    let (operation, event) = write(tx, engine, request).await?;
    events::append(tx, &event, operation.created_at).await?;
    Ok(operation)
}

/// The same, except for its event: whoever writes several appends them last.
pub(in crate::usecase) async fn write(
    tx: &mut Tx,
    engine: &Arc<Inner>,
    request: Request<'_>,
) -> Result<(Operation, NewEvent), EngineError> {
    let Request { actor, seen, kind, id, mut input } = request;
    lock(tx, kind).await?;
    // Read again inside the transaction that decides: somebody may have been faster.
    let tenant = tenants::get(tx, seen.organisation, seen.id).await?;
    let tenant = tenant.ok_or_else(|| EngineError::NoSuchTenant(seen.name.to_string()))?;
    let next = allowed(engine, actor, &tenant, (kind, id))?;
    if (tenant.generation, tenant.state) != (seen.generation, seen.state) {
        return Err(changed_just_now(&tenant));
    }
    hand_out(tx, engine, &tenant, (kind, &input)).await?;
    before::note(&mut input, tenant.state);
    let subject = Subject {
        organisation: tenant.organisation,
        kind,
        queue: Queue::High,
        tenant: Some(tenant.id),
        target: tenant.name.to_string(),
        input,
        state: OperationState::Queued,
    };
    let operation = new(engine, actor, id, subject);
    operations::insert(tx, &operation).await?;
    if !tenants::set_state(tx, tenant.id, &tenant.state, &next).await?.is_updated() {
        return Err(changed_just_now(&tenant));
    }
    let data = json!({ "state": operation.state.as_str() });
    let event = engine.reports.of(&operation).event("state", data);
    Ok((operation, event))
}

fn changed_just_now(tenant: &Tenant) -> EngineError {
    EngineError::Unavailable(format!("`{}` was changed by somebody else just now", tenant.name))
}

async fn lock(tx: &mut Tx, kind: OperationKind) -> Result<(), EngineError> {
    match kind {
        OperationKind::TenantRename => names::lock(tx).await?,
        OperationKind::TenantUnarchive | OperationKind::TenantRestoreDeleted => {
            quotas::lock(tx).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Gives the tenant what the change takes from others: names, or a share of a quota.
async fn hand_out(
    tx: &mut Tx,
    engine: &Inner,
    tenant: &Tenant,
    (kind, input): (OperationKind, &Value),
) -> Result<(), EngineError> {
    let mut problems = Problems::default();
    match kind {
        OperationKind::TenantUnarchive | OperationKind::TenantRestoreDeleted => {
            let wanted = quota::Wanted::of(tenant);
            quota::check(engine, tx, &wanted, None, &mut problems).await?;
        }
        OperationKind::TenantRename => {
            let to = serde_json::from_value::<RenameInput>(input.clone()).ok();
            let (name, host) = to
                .and_then(|input| input.to.read())
                .ok_or_else(|| EngineError::Failed("cannot read the new name".to_owned()))?;
            taken::check(tx, (&name, &host), Some(tenant), &mut problems).await?;
            names::keep(tx, tenant.id, &tenant.name, &tenant.host).await?;
            names::keep(tx, tenant.id, &name, &host).await?;
        }
        _ => {}
    }
    if problems.is_empty() { Ok(()) } else { Err(EngineError::Invalid(problems)) }
}
