//! Whether what was told to be wrong is well again.
//!
//! # Invariants
//!
//! * It is asked of the tenant or operation as it is now, not derived from what happened: nothing that
//!   was overlooked leaves somebody waiting for a word that never comes.
//! * While an operation is at work on a tenant, nobody can tell.

use berth_domain::notice::{self, HOUR, TroubleState};
use berth_domain::operation::OperationState;
use berth_domain::{OperationId, TenantId, TenantState};
use berth_store::deliveries::{self, Trouble};
use berth_store::subscriptions::Subscription;
use berth_store::{Tx, observations, operations, tenants};

use super::{delivery, message_id};
use crate::engine::Inner;
use crate::error::EngineError;

/// How something is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    Wrong,
    Well,
    /// There is nothing any more that could be well.
    Gone,
    Unknown,
}

pub(super) async fn look(engine: &Inner, subscription: &Subscription) -> Result<(), EngineError> {
    let mut tx = engine.store.read().await?;
    let open = deliveries::open_troubles(&mut tx, subscription.id).await?;
    let mut news = Vec::new();
    for trouble in open.rows {
        let now = now(&mut tx, &trouble).await?;
        let is_due = trouble.state == TroubleState::Held
            && engine.clock.now().duration_since(trouble.told_at).unsigned_abs() >= HOUR;
        match now {
            Now::Well | Now::Gone => news.push((trouble, now)),
            Now::Wrong if is_due => news.push((trouble, now)),
            Now::Wrong | Now::Unknown => {}
        }
    }
    drop(tx);
    for (trouble, now) in news {
        let mut tx = engine.store.begin().await?;
        let about = (trouble.kind.as_str(), trouble.subject.as_str());
        // Somebody may have told more meanwhile.
        if deliveries::trouble(&mut tx, subscription.id, about).await?.as_ref() == Some(&trouble) {
            settle(&mut tx, engine, subscription, (trouble, now)).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Notes that something is well again which somebody else found out.
pub(super) async fn is_well(
    tx: &mut Tx,
    engine: &Inner,
    subscription: &Subscription,
    about: (&str, &str),
) -> Result<(), EngineError> {
    match deliveries::trouble(tx, subscription.id, about).await? {
        Some(trouble) if trouble.state != TroubleState::Well => {
            settle(tx, engine, subscription, (trouble, Now::Well)).await
        }
        _ => Ok(()),
    }
}

async fn settle(
    tx: &mut Tx,
    engine: &Inner,
    subscription: &Subscription,
    (mut trouble, now): (Trouble, Now),
) -> Result<(), EngineError> {
    let at = engine.clock.now();
    let id = message_id(engine);
    let said = match (now, trouble.state) {
        (Now::Well, TroubleState::Told) => {
            Some(notice::recovered(&trouble.message, &id.to_string(), at))
        }
        (Now::Wrong, _) => {
            trouble.told_at = at;
            Some(notice::Message { id: id.to_string(), ..trouble.message.clone() })
        }
        _ => None,
    };
    if let Some(message) = said {
        let message = delivery(engine, subscription, (id, message), at);
        deliveries::insert(tx, &message).await?;
    }
    trouble.state = if now == Now::Wrong { TroubleState::Told } else { TroubleState::Well };
    deliveries::put_trouble(tx, &trouble).await?;
    Ok(())
}

async fn now(tx: &mut Tx, trouble: &Trouble) -> Result<Now, EngineError> {
    match trouble.kind.as_str() {
        "operation.stuck" => operation(tx, trouble).await,
        kind if kind.starts_with("tenant.") => tenant(tx, trouble).await,
        // Said by an event of its own.
        _ => Ok(Now::Unknown),
    }
}

async fn operation(tx: &mut Tx, trouble: &Trouble) -> Result<Now, EngineError> {
    let Ok(id) = trouble.subject.parse::<OperationId>() else { return Ok(Now::Gone) };
    let found = operations::find(tx, trouble.organisation, id).await?;
    Ok(match found.map(|operation| operation.state) {
        None => Now::Gone,
        Some(OperationState::Stuck) => Now::Wrong,
        Some(OperationState::Done | OperationState::Undone) => Now::Well,
        Some(OperationState::Queued | OperationState::Running | OperationState::Undoing) => {
            Now::Unknown
        }
    })
}

async fn tenant(tx: &mut Tx, trouble: &Trouble) -> Result<Now, EngineError> {
    let Ok(id) = trouble.subject.parse::<TenantId>() else { return Ok(Now::Gone) };
    let Some(tenant) = tenants::get(tx, trouble.organisation, id).await? else {
        return Ok(Now::Gone);
    };
    let seen = observations::find(tx, trouble.organisation, id).await?;
    let drifts = seen.is_some_and(|seen| seen.drift.is_some());
    Ok(match (tenant.state, trouble.kind.as_str()) {
        (TenantState::Archived { .. } | TenantState::Deleted { .. }, _) => Now::Gone,
        (TenantState::Broken { .. }, "tenant.broken" | "tenant.drifted") => Now::Wrong,
        (TenantState::Drifted { .. }, "tenant.drifted") => Now::Wrong,
        (TenantState::OverLimit { .. }, "tenant.over_limit") => Now::Wrong,
        (TenantState::Running | TenantState::OverLimit { .. }, "tenant.drifted") if drifts => {
            Now::Wrong
        }
        (TenantState::Running | TenantState::OverLimit { .. }, _) => Now::Well,
        // Whoever closed it knows of it.
        (TenantState::Stopped { .. } | TenantState::Suspended { .. }, "tenant.broken") => Now::Well,
        _ => Now::Unknown,
    })
}
