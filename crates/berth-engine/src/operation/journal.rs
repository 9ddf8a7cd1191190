//! An operation's journal, read into the words of its saga.

use berth_domain::saga::{self, Outcome, Record};
use berth_store::operations::{JournalRecord, RecordKind};

use super::Step;

/// The journal names a step that this version does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal speaks of `{0}`, which this version of Berth does not know")]
pub(crate) struct UnknownRecord(pub(crate) String);

/// Reads a journal as that of a saga with steps `S`.
pub(crate) fn read<S: Step>(rows: &[JournalRecord]) -> Result<Vec<Record<S>>, UnknownRecord> {
    rows.iter().map(read_one).collect()
}

/// Why an operation that ends like this did not get where it should, in one sentence. `None`: it did.
///
/// That is what turned it back, whatever went wrong on the way back; and what failed last if it is
/// stuck. It comes from the journal, so a process that was killed in between does not change it.
pub(crate) fn reason<S: Step>(
    rows: &[JournalRecord],
    pivot: S,
    outcome: Outcome<S>,
) -> Result<Option<String>, UnknownRecord> {
    let told = match outcome {
        Outcome::Committed => return Ok(None),
        Outcome::RolledBack => saga::turned_back(S::ALL, pivot, &read(rows)?)
            .and_then(|turned| rows[turned].detail.clone())
            .unwrap_or_else(|| "cancelled".to_owned()),
        Outcome::Stuck(_) => {
            let is_failure = |row: &&JournalRecord| {
                use RecordKind::{Failed, Faltered, UndoFailed};
                matches!(row.record, Failed | Faltered | UndoFailed)
            };
            let last = rows.iter().rfind(is_failure).and_then(|row| row.detail.clone());
            last.unwrap_or_else(|| "no attempt left".to_owned())
        }
    };
    Ok(Some(told))
}

fn read_one<S: Step>(row: &JournalRecord) -> Result<Record<S>, UnknownRecord> {
    let label = row.step.as_deref().unwrap_or_default();
    let unknown =
        || UnknownRecord(format!("{} {label}", row.record.as_str()).trim_end().to_owned());
    let step = match row.step.as_deref() {
        Some(label) => Some(S::find(label).ok_or_else(unknown)?),
        None => None,
    };
    row.record.with(step).ok_or_else(unknown)
}
