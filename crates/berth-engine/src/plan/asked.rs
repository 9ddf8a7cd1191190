//! What telling an operation something will do, in words.

use std::collections::BTreeMap;

use berth_domain::Timestamp;
use berth_store::operations::{JournalRecord, Operation, RecordKind, Request};

use crate::operation::Step as _;
use crate::operation::journal::UnknownRecord;
use crate::sagas::demo::DemoStep;
use crate::sagas::{self, Move};
use crate::view::{PlanAction, PlanView};

/// What follows if an operation with this journal is told to unwind or to try again. `None`: nothing
/// is asked of it but to stop waiting.
pub(crate) fn asked(
    verb: &str,
    operation: &Operation,
    journal: &[JournalRecord],
    request: Option<(Request, Timestamp)>,
) -> Result<PlanView, UnknownRecord> {
    let mut journal = journal.to_vec();
    journal.extend(request.map(|(request, at)| record(request, at)));
    let outline = sagas::outline(operation.kind, &journal)?;
    let is_retry = request.is_some_and(|(request, _)| request == Request::Retry);
    let mut actions: Vec<PlanAction> =
        outline.ahead.iter().map(|next| action(next, request.is_none())).collect();
    if is_retry && let Some(first) = actions.first_mut() {
        first.text = format!("try again: {}", first.text);
    }
    Ok(PlanView {
        summary: format!("{verb} {} of {}", operation.kind, operation.target),
        actions,
        settings: BTreeMap::from([("state", outline.end.to_string())]),
    })
}

/// What a new demo will do.
pub(crate) fn demo(name: &str) -> PlanView {
    PlanView {
        summary: format!("begin demo {name}"),
        actions: super::change::texts::<DemoStep>(),
        settings: BTreeMap::new(),
    }
}

fn action(next: &Move, is_release: bool) -> PlanAction {
    let Move { step, text, is_undo } = *next;
    let text = match (is_undo, is_release && step == DemoStep::Wait.label()) {
        (true, _) => format!("take back: {text}"),
        (false, true) => "stop waiting".to_owned(),
        (false, false) => text.to_owned(),
    };
    PlanAction { step, text }
}

fn record(request: Request, at: Timestamp) -> JournalRecord {
    let record = match request {
        Request::Undo => RecordKind::UndoRequested,
        Request::Retry => RecordKind::RetryRequested,
    };
    JournalRecord { record, step: None, attempt: 0, detail: None, actor: None, at }
}

#[cfg(test)]
mod tests;
