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
use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::{Known, Meant};
use crate::sagas::before;
use crate::sagas::rename::RenameInput;
use crate::usecase::audit::{self, Deed};
use crate::usecase::operations::{Subject, new};

/// A change that somebody asked for.
pub(in crate::usecase) struct Request<'a> {
    pub(in crate::usecase) actor: &'a Actor,
    pub(in crate::usecase) asker: &'a Asker,
    /// The tenant that the input was made for.
    pub(in crate::usecase) seen: &'a Tenant,
    /// What the tenant must still be for anything to be done. `None`: nobody asks.
    pub(in crate::usecase) known: Option<&'a Known>,
    pub(in crate::usecase) kind: OperationKind,
    pub(in crate::usecase) id: OperationId,
    pub(in crate::usecase) input: Value,
}

/// The state that the change leads to, if whoever asks may make it and the tenant allows it.
pub(in crate::usecase) fn allowed(
    engine: &Inner,
    asker: &Asker,
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
    let is_for_operators = matches!(kind, K::TenantSuspend | K::TenantResume);
    if is_for_operators && !asker.is_operator_in(tenant.organisation) {
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
    let Request { actor, asker, seen, known, kind, id, mut input } = request;
    lock(tx, kind).await?;
    // Read again inside the transaction that decides: somebody may have been faster.
    let tenant = tenants::get(tx, seen.organisation, seen.id).await?;
    let tenant = tenant.ok_or_else(|| EngineError::NoSuchTenant(seen.name.to_string()))?;
    Meant { name: tenant.name.as_str(), known }.check(&tenant)?;
    let next = allowed(engine, asker, &tenant, (kind, id))?;
    if !is_as_seen(&tenant, seen) {
        return Err(changed_just_now(tenant.name.as_str()));
    }
    hand_out(tx, engine, &tenant, (kind, &input)).await?;
    let deed = deed(&tenant, &next, (kind, id, &input));
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
        return Err(changed_just_now(tenant.name.as_str()));
    }
    audit::record(tx, engine, (actor, asker), deed).await?;
    let data = json!({ "state": operation.state.as_str() });
    let event = engine.reports.of(&operation).event("state", data);
    Ok((operation, event))
}

/// What is written down of a change. Inputs of operations hold no secrets.
fn deed(
    tenant: &Tenant,
    next: &TenantState,
    (kind, id, input): (OperationKind, OperationId, &Value),
) -> Deed {
    let mut was = json!({ "state": tenant.state.label() });
    let mut becomes = json!({ "state": next.label(), "operation": id.to_string() });
    if let Some(from) = input.get("from") {
        was["settings"] = from.clone();
    }
    if let Some(to) = input.get("to") {
        becomes["settings"] = to.clone();
    }
    if let Some(modules) = input.get("modules") {
        becomes["modules"] = modules.clone();
    }
    Deed::to(kind.as_str(), tenant).before(was).after(becomes)
}

/// Whether what was made for `seen` holds for the tenant as it is. Whether it is over its limit is seen
/// to in the background, at any time; nothing is decided by it.
fn is_as_seen(tenant: &Tenant, seen: &Tenant) -> bool {
    use TenantState::{OverLimit, Running};

    let is_same = match (&tenant.state, &seen.state) {
        (Running | OverLimit { .. }, Running | OverLimit { .. }) => true,
        (one, other) => one == other,
    };
    tenant.generation == seen.generation && is_same
}

pub(in crate::usecase) fn changed_just_now(tenant: &str) -> EngineError {
    EngineError::Unavailable(format!("`{tenant}` was changed by somebody else just now"))
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

#[cfg(test)]
mod tests {
    use berth_domain::{Details, Generation, Tags};

    use super::*;
    use crate::engine::testing::TestEngine;
    use crate::revision::Revision;

    fn on_an_engine(test: impl AsyncFnOnce(TestEngine)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let test = async { test(TestEngine::new().await).await };
        tokio::task::LocalSet::new().block_on(&runtime.unwrap(), test);
    }

    async fn restart(engine: &TestEngine, seen: &Tenant) -> Result<Operation, EngineError> {
        restart_if(engine, seen, None).await
    }

    async fn restart_if(
        engine: &TestEngine,
        seen: &Tenant,
        known: Option<&Known>,
    ) -> Result<Operation, EngineError> {
        let request = Request {
            actor: &Actor::System,
            asker: &Asker::INSIDE,
            seen,
            known,
            kind: OperationKind::TenantRestart,
            id: OperationId::from_uuid(engine.inner.ids.uuid()),
            input: json!({}),
        };
        let mut tx = engine.inner.store.begin().await.unwrap();
        let operation = begin(&mut tx, &engine.inner, request).await?;
        tx.commit().await.unwrap();
        Ok(operation)
    }

    #[test]
    fn what_somebody_notes_meanwhile_is_another_revision_and_counts_in_the_transaction_too() {
        on_an_engine(async |engine| {
            let seen = engine.populate(&["acme"]).await.remove(0);
            let known = Known::OneOf(vec![Revision::of(&seen).as_str().to_owned()]);
            let tags = Tags::new(vec!["keep".parse().unwrap()]);
            let details = Details { tags, ..seen.details.clone() };
            let mut tx = engine.inner.store.begin().await.unwrap();
            let noted = tenants::describe(&mut tx, seen.organisation, seen.id, &details);
            assert!(noted.await.unwrap().is_updated());
            tx.commit().await.unwrap();

            let refused = restart_if(&engine, &seen, Some(&known)).await;

            assert!(matches!(refused, Err(EngineError::Changed { .. })), "{refused:?}");
            restart_if(&engine, &seen, Some(&Known::Anything)).await.unwrap();
        });
    }

    #[test]
    fn a_tenant_that_got_over_its_limit_meanwhile_is_changed_all_the_same() {
        on_an_engine(async |engine| {
            let seen = engine.populate(&["acme"]).await.remove(0);
            let over = TenantState::OverLimit { since: engine.inner.clock.now() };
            let mut tx = engine.inner.store.begin().await.unwrap();
            let moved = tenants::set_state(&mut tx, seen.id, &seen.state, &over).await.unwrap();
            assert!(moved.is_updated());
            tx.commit().await.unwrap();

            let operation = restart(&engine, &seen).await.unwrap();

            let mut tx = engine.inner.store.read().await.unwrap();
            let now = tenants::get(&mut tx, seen.organisation, seen.id).await.unwrap().unwrap();
            assert_eq!(now.state.operation(), Some(operation.id));
        });
    }

    #[test]
    fn a_tenant_that_somebody_else_changed_meanwhile_is_left_alone() {
        on_an_engine(async |engine| {
            let there = engine.populate(&["acme"]).await.remove(0);
            let older = Tenant { generation: Generation(0), ..there.clone() };
            let stopped =
                Tenant { state: TenantState::Stopped { since: there.created_at }, ..there };

            for seen in [older, stopped] {
                let refused = restart(&engine, &seen).await.unwrap_err();

                assert!(refused.to_string().contains("changed by somebody else"), "{refused}");
            }
        });
    }
}
