//! The operations that exist: for each, its steps, what they do, and how each is undone.

pub(crate) mod adopt;
pub(crate) mod before;
pub(crate) mod bring_back;
pub(crate) mod create;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod modules;
pub(crate) mod purge;
pub(crate) mod put_away;
pub(crate) mod rename;
pub(crate) mod restart;
pub(crate) mod set;
pub(crate) mod start;
pub(crate) mod stop;

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::saga::{Next, Outcome, Record};
use berth_domain::{Event, saga};
use berth_store::operations::JournalRecord;
use berth_store::{Tx, observations, tenants};
use serde::de::DeserializeOwned;

use crate::operation::journal::{self, UnknownRecord};
use crate::operation::{Context, Saga, Step, StepError};
use crate::parts::{network, route};

/// What an operation's steps are called, and whether it may still be unwound.
pub(crate) struct Outline {
    /// Labels, in order.
    pub(crate) steps: Vec<&'static str>,
    /// The step from which there is no way back.
    #[cfg(feature = "failpoints")]
    pub(crate) pivot: &'static str,
    pub(crate) can_unwind: bool,
    /// What is done from here on if nothing goes wrong, in order.
    pub(crate) ahead: Vec<Move>,
    /// How it ends then.
    pub(crate) end: OperationState,
}

/// A step that is run or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) step: &'static str,
    /// What people read while the step runs: `stopping the container`.
    pub(crate) text: &'static str,
    pub(crate) is_undo: bool,
}

/// Returns the outline of an operation of this kind with this journal.
pub(crate) fn outline(
    kind: OperationKind,
    journal: &[JournalRecord],
) -> Result<Outline, UnknownRecord> {
    use OperationKind as K;

    match kind {
        K::TenantCreate => of::<create::Create>(journal),
        K::TenantAdopt => of::<adopt::Adopt>(journal),
        K::TenantImport => of::<import::Import>(journal),
        K::TenantStart | K::TenantResume => of::<start::Start>(journal),
        K::TenantStop | K::TenantSuspend => of::<stop::Stop>(journal),
        K::TenantRestart => of::<restart::Restart>(journal),
        K::TenantSet => of::<set::Set>(journal),
        K::TenantRename => of::<rename::Rename>(journal),
        K::TenantInstallModules | K::TenantUpgradeModules | K::TenantUninstallModules => {
            of::<modules::Modules>(journal)
        }
        K::TenantArchive | K::TenantDelete => of::<put_away::PutAway>(journal),
        K::TenantUnarchive | K::TenantRestoreDeleted => of::<bring_back::BringBack>(journal),
        K::TenantPurge => of::<purge::Purge>(journal),
        K::Demo => of::<demo::Demo>(journal),
    }
}

fn of<S: Saga>(rows: &[JournalRecord]) -> Result<Outline, UnknownRecord> {
    let journal: Vec<Record<S::Step>> = journal::read(rows)?;
    let (moves, outcome) = saga::ahead(S::Step::ALL, S::PIVOT, &journal);
    Ok(Outline {
        steps: S::Step::ALL.iter().map(|step| step.label()).collect(),
        #[cfg(feature = "failpoints")]
        pivot: S::PIVOT.label(),
        can_unwind: saga::can_unwind(S::Step::ALL, S::PIVOT, &journal),
        ahead: moves.into_iter().filter_map(moving).collect(),
        end: match outcome {
            Outcome::Committed => OperationState::Done,
            Outcome::RolledBack => OperationState::Undone,
            Outcome::Stuck(_) => OperationState::Stuck,
        },
    })
}

/// Reads what an operation was asked to do.
pub(crate) fn input<T: DeserializeOwned>(context: &Context) -> Result<T, StepError> {
    serde_json::from_value(context.operation.input.clone())
        .map_err(|error| StepError::fail(format!("cannot read what was asked for: {error}")))
}

fn moving<S: Step>(next: Next<S>) -> Option<Move> {
    let (step, is_undo) = match next {
        Next::Run { step, .. } => (step, false),
        Next::Undo { step, .. } => (step, true),
        Next::Finish(_) => return None,
    };
    Some(Move { step: step.label(), text: step.text(), is_undo })
}

/// Ends an operation that makes a tenant which serves at once.
pub(crate) async fn settle_new<S: Send>(
    tx: &mut Tx,
    context: &Context,
    outcome: Outcome<S>,
) -> Result<(), StepError> {
    match outcome {
        Outcome::Committed => settle_tenant(tx, context, Event::Ready).await,
        // Nothing of it is left, so nothing of it is remembered but the operation.
        Outcome::RolledBack => {
            let _ = tenants::delete(tx, context.tenant_id()).await?;
            context.own_clusters.forget(context.tenant_id());
            Ok(())
        }
        Outcome::Stuck(_) => {
            route::fail(context).await;
            settle_tenant(tx, context, before::failure(context)).await
        }
    }
}

/// Ends an operation that leaves a tenant in the state in which it began.
pub(crate) async fn settle_as_before<S: Send>(
    tx: &mut Tx,
    context: &Context,
    outcome: Outcome<S>,
) -> Result<(), StepError> {
    let event = match outcome {
        Outcome::Stuck(_) => {
            route::fail(context).await;
            before::failure(context)
        }
        Outcome::Committed | Outcome::RolledBack => Event::Return { to: before::state(context)? },
    };
    settle_tenant(tx, context, event).await
}

/// Undoes the first step of an operation that makes a tenant, which is the last to be undone: what an undo that was
/// stuck told visitors is taken back here.
pub(crate) async fn remove_network(context: &Context) -> Result<(), StepError> {
    network::remove(context).await?;
    route::forget(context).await
}

/// Moves the tenant of an operation on. Already being there is not an error: the transaction that
/// ends an operation may be written again after a crash.
pub(crate) async fn settle_tenant(
    tx: &mut Tx,
    context: &Context,
    event: Event,
) -> Result<(), StepError> {
    let organisation = context.operation.organisation;
    let Some(tenant) = tenants::get(tx, organisation, context.tenant_id()).await? else {
        return Ok(());
    };
    if tenant.state.operation() != Some(context.operation.id) {
        return Ok(());
    }
    let next = tenant.state.on(event).map_err(|error| StepError::fail(error.to_string()))?;
    if event == Event::Ready {
        // It was seen to serve: whatever made it end before was put right, or begins anew.
        observations::forget_restarts(tx, tenant.id).await?;
        context.reconciler.forget_restarts(tenant.id);
    }
    let _ = tenants::set_state(tx, tenant.id, &tenant.state, &next).await?;
    Ok(())
}
