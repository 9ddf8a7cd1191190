//! One operation from where its journal ends to rest.

mod effect;
#[cfg(test)]
mod tests;

use berth_domain::operation::OperationState;
use berth_domain::saga::{self, Next, Outcome, Record};
use berth_store::operations::{self, Ending, JournalRecord, RecordKind};
use berth_store::{Change, StoreError, Tx, events, storage};
use serde_json::json;

use super::outage::{self, Since};
use crate::operation::journal::{self, UnknownRecord};
use crate::operation::{Context, Saga, Step, StepError};

/// Why an operation was left before it was at rest.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    #[error("another driver has it")]
    Fenced,
    #[error("cannot read or write the control database: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unknown(#[from] UnknownRecord),
    #[error("cannot settle it: {0}")]
    Settle(String),
}

/// Runs until the operation is at rest.
pub(super) async fn run<S: Saga>(saga: &S, context: &Context, epoch: i64) -> Result<(), Halt> {
    let mut unwinding = context.operation.state == OperationState::Undoing;
    loop {
        let interrupted = context.bell.arm(context.operation.id);
        let journal = read_journal(context).await?;
        let next = saga::next(S::Step::ALL, S::PIVOT, &journal::read(&journal)?);
        let (step, attempt, undo) = match next {
            Next::Run { step, attempt } => (step, attempt, false),
            Next::Undo { step, attempt } => (step, attempt, true),
            Next::Finish(outcome) => {
                let reason = journal::reason(&journal, S::PIVOT, outcome)?;
                return finish(saga, context, epoch, outcome, reason).await;
            }
        };
        if undo && !unwinding {
            mark_undoing(context, epoch).await?;
            unwinding = true;
        }
        let work = attempt_step(saga, context, epoch, Attempt { step, number: attempt, undo });
        tokio::select! {
            tried = work => tried?,
            // Somebody asked for something: the journal now says what.
            () = interrupted.cancelled() => {}
        }
    }
}

#[derive(Clone, Copy)]
struct Attempt<S> {
    step: S,
    number: u32,
    undo: bool,
}

async fn read_journal(context: &Context) -> Result<Vec<JournalRecord>, Halt> {
    let mut tx = context.store.read().await?;
    Ok(operations::journal(&mut tx, context.operation.id).await?)
}

/// Tries a step once. What came of it is in the journal when this returns.
async fn attempt_step<S: Saga>(
    saga: &S,
    context: &Context,
    epoch: i64,
    Attempt { step, number: attempt, undo }: Attempt<S::Step>,
) -> Result<(), Halt> {
    tokio::time::sleep((context.backoff)(attempt)).await;
    if !undo {
        record(context, epoch, attempt, (Record::Started(step), None)).await?;
    }
    let since = Since { epoch, permille: permille(step), losses: context.gate().await.losses() };
    let result = effect::take(saga, context, step, undo).await;
    if let Err(error) = &result {
        let has_no_way_back = undo || is_past(step, S::PIVOT);
        if outage::passed(context, since, error, has_no_way_back).await {
            // Nothing is written, so the journal asks for the same attempt again.
            return Ok(());
        }
    }
    // What was reported during the step stands before its outcome.
    context.reporter.flush().await;
    let (outcome, error) = match (result, undo) {
        (Ok(()), false) => (Record::Succeeded(step), None),
        (Ok(()), true) => (Record::Undone(step), None),
        (Err(error), false) if error.may_pass => (Record::Faltered(step), Some(error)),
        (Err(error), false) => (Record::Failed(step), Some(error)),
        (Err(error), true) => (Record::UndoFailed(step), Some(error)),
    };
    record(context, epoch, attempt, (outcome, error.as_ref())).await?;
    effect::journalled(context, step, undo).await;
    Ok(())
}

/// Whether this is the step from which there is no way back, or a later one.
fn is_past<S: Step>(step: S, pivot: S) -> bool {
    index(step) >= index(pivot)
}

/// How much of the operation lies before a step.
fn permille<S: Step>(step: S) -> u32 {
    u32::try_from(index(step) * 1000 / S::ALL.len()).unwrap_or_default()
}

fn index<S: Step>(step: S) -> usize {
    S::ALL.iter().position(|other| *other == step).unwrap_or_default()
}

async fn mark_undoing(context: &Context, epoch: i64) -> Result<(), Halt> {
    let at = context.clock.now();
    let state = OperationState::Undoing;
    let mut tx = context.store.begin().await?;
    if operations::set_state(&mut tx, context.operation.id, epoch, state).await?
        == Change::Unchanged
    {
        return Err(Halt::Fenced);
    }
    let data = json!({ "state": state.as_str() });
    events::append(&mut tx, &context.reporter.event("state", data), at).await?;
    tx.commit().await?;
    context.announce();
    Ok(())
}

/// Writes one line of the journal, its event and the operation's progress, all or none.
async fn record<S: Step>(
    context: &Context,
    epoch: i64,
    attempt: u32,
    (record, error): (Record<S>, Option<&StepError>),
) -> Result<(), Halt> {
    let at = context.clock.now();
    let id = context.operation.id;
    let (kind, step) = RecordKind::of(&record);
    let row = JournalRecord {
        record: kind,
        step: step.map(|step| step.label().to_owned()),
        attempt,
        detail: error.map(|error| error.why.clone()),
        actor: None,
        at,
    };
    let mut tx = context.store.begin().await?;
    if operations::append(&mut tx, id, epoch, &row).await? == Change::Unchanged {
        return Err(Halt::Fenced);
    }
    let data = json!({
        "step": row.step, "record": kind.as_str(), "attempt": attempt,
        "error": row.detail, "detail": error.and_then(|error| error.detail.as_deref()),
    });
    events::append(&mut tx, &context.reporter.event("step", data), at).await?;
    if let (Record::Started(_), Some(step)) = (&record, step) {
        let _ = operations::set_progress(&mut tx, id, epoch, permille(step), step.text()).await?;
    }
    tx.commit().await?;
    context.announce();
    Ok(())
}

/// Writes the end of an operation and what its tenant becomes, in one transaction.
async fn finish<S: Saga>(
    saga: &S,
    context: &Context,
    epoch: i64,
    outcome: Outcome<S::Step>,
    error: Option<String>,
) -> Result<(), Halt> {
    let at = context.clock.now();
    let state = match outcome {
        Outcome::Committed => OperationState::Done,
        Outcome::RolledBack => OperationState::Undone,
        Outcome::Stuck(_) => OperationState::Stuck,
    };
    let mut tx: Tx = context.store.begin().await?;
    saga.settle(&mut tx, context, outcome).await.map_err(|e| Halt::Settle(e.why))?;
    if state == OperationState::Done {
        let _ =
            operations::set_progress(&mut tx, context.operation.id, epoch, 1000, "done").await?;
    }
    let ending = Ending { state, error: error.clone(), at };
    if operations::finish(&mut tx, context.operation.id, epoch, &ending).await? == Change::Unchanged
    {
        return Err(Halt::Fenced);
    }
    if let Some(tenant) = context.operation.tenant {
        storage::make_due(&mut tx, tenant).await?;
    }
    let data = json!({ "state": state.as_str(), "error": error });
    events::append(&mut tx, &context.reporter.event("state", data), at).await?;
    tx.commit().await?;
    context.announce();
    // What was made, brought back or changed is measured at once.
    context.storage.ring();
    tracing::info!(
        operation.id = %context.operation.id, operation.kind = %context.operation.kind,
        operation.target = %context.operation.target, state = %state, error,
        "an operation came to rest"
    );
    Ok(())
}
