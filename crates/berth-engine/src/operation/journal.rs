//! An operation's journal, read into the words of its saga.

use berth_domain::saga::Record;
use berth_store::operations::JournalRecord;

use super::Step;

/// The journal names a step that this version does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal speaks of `{0}`, which this version of Berth does not know")]
pub(crate) struct UnknownRecord(pub(crate) String);

/// Reads a journal as that of a saga with steps `S`.
pub(crate) fn read<S: Step>(rows: &[JournalRecord]) -> Result<Vec<Record<S>>, UnknownRecord> {
    rows.iter().map(read_one).collect()
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
