//! An operation as callers see it.

use berth_store::operations::{JournalRecord, Operation, RecordKind};

use crate::request::OperationRequest as Request;
use crate::sagas;
use crate::view::{OperationView, StepView};

/// Describes an operation by its row and its journal.
pub(in crate::usecase) fn view(operation: &Operation, journal: &[JournalRecord]) -> OperationView {
    let steps = match sagas::outline(operation.kind, journal) {
        Ok(outline) => outline.steps.into_iter().map(|label| step(label, journal)).collect(),
        Err(error) => {
            tracing::warn!(operation.id = %operation.id, %error, "cannot read a journal");
            Vec::new()
        }
    };
    OperationView {
        id: operation.id,
        kind: operation.kind,
        queue: operation.queue,
        target: operation.target.clone(),
        state: operation.state,
        steps,
        progress: operation.progress.clone(),
        error: operation.error.clone(),
        created_at: operation.created_at,
        created_by: operation.created_by.to_string(),
        started_at: operation.started_at,
        finished_at: operation.finished_at,
        open: open(operation, journal),
    }
}

/// What it may be told now.
fn open(operation: &Operation, journal: &[JournalRecord]) -> Vec<Request> {
    let all = [Request::Cancel, Request::Retry, Request::Undo, Request::Release];
    all.into_iter().filter(|request| request.check(operation, journal).is_ok()).collect()
}

/// Where one step stands, by the last that the journal says of it.
fn step(label: &'static str, journal: &[JournalRecord]) -> StepView {
    let mut view =
        StepView { name: label.to_owned(), state: "waiting", started_at: None, finished_at: None };
    for row in journal.iter().filter(|row| row.step.as_deref() == Some(label)) {
        let (state, ends) = match row.record {
            RecordKind::Started | RecordKind::Faltered => ("running", false),
            RecordKind::Succeeded => ("done", true),
            RecordKind::Failed => ("failed", true),
            RecordKind::Undone => ("undone", true),
            RecordKind::UndoFailed => ("undo failed", true),
            RecordKind::UndoRequested | RecordKind::RetryRequested => continue,
        };
        view.state = state;
        if row.record == RecordKind::Started && view.started_at.is_none() {
            view.started_at = Some(row.at);
        }
        view.finished_at = ends.then_some(row.at);
    }
    view
}
