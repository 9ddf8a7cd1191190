//! The journal of an operation: what was begun, what came of it, what people asked for.

use std::str::FromStr;

use berth_domain::saga::Record as SagaRecord;
use berth_domain::{Actor, OperationId, Timestamp};

use super::lease::fenced;
use crate::arg::{integer, text, text_or_null, time};
use crate::record::{Record, Source};
use crate::{Change, StoreError, Tx};

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRecord {
    pub record: RecordKind,
    /// The step it is about. `None` for requests.
    pub step: Option<String>,
    /// Which try of the step, from 1. 0 for requests.
    pub attempt: u32,
    /// What went wrong, for people. Without secrets.
    pub detail: Option<String>,
    /// Who asked. `None` for what the driver wrote.
    pub actor: Option<Actor>,
    pub at: Timestamp,
}

/// What a line says; [`berth_domain::saga::Record`] without its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    Started,
    Succeeded,
    Failed,
    Faltered,
    Undone,
    UndoFailed,
    UndoRequested,
    RetryRequested,
}

/// What people may ask of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request {
    Undo,
    Retry,
}

impl RecordKind {
    pub const ALL: [Self; 8] = [
        Self::Started,
        Self::Succeeded,
        Self::Failed,
        Self::Faltered,
        Self::Undone,
        Self::UndoFailed,
        Self::UndoRequested,
        Self::RetryRequested,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Faltered => "faltered",
            Self::Undone => "undone",
            Self::UndoFailed => "undo_failed",
            Self::UndoRequested => "undo_requested",
            Self::RetryRequested => "retry_requested",
        }
    }

    /// Takes a record of the domain apart.
    #[must_use]
    pub const fn of<S: Copy>(record: &SagaRecord<S>) -> (Self, Option<S>) {
        match *record {
            SagaRecord::Started(step) => (Self::Started, Some(step)),
            SagaRecord::Succeeded(step) => (Self::Succeeded, Some(step)),
            SagaRecord::Failed(step) => (Self::Failed, Some(step)),
            SagaRecord::Faltered(step) => (Self::Faltered, Some(step)),
            SagaRecord::Undone(step) => (Self::Undone, Some(step)),
            SagaRecord::UndoFailed(step) => (Self::UndoFailed, Some(step)),
            SagaRecord::UndoRequested => (Self::UndoRequested, None),
            SagaRecord::RetryRequested => (Self::RetryRequested, None),
        }
    }

    /// Puts a record of the domain together. `None` when it needs a step and there is none.
    pub fn with<S>(self, step: Option<S>) -> Option<SagaRecord<S>> {
        match self {
            Self::Started => step.map(SagaRecord::Started),
            Self::Succeeded => step.map(SagaRecord::Succeeded),
            Self::Failed => step.map(SagaRecord::Failed),
            Self::Faltered => step.map(SagaRecord::Faltered),
            Self::Undone => step.map(SagaRecord::Undone),
            Self::UndoFailed => step.map(SagaRecord::UndoFailed),
            Self::UndoRequested => Some(SagaRecord::UndoRequested),
            Self::RetryRequested => Some(SagaRecord::RetryRequested),
        }
    }
}

/// Not a record that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a journal record that this version of Berth knows")]
pub struct UnknownRecord(pub String);

impl FromStr for RecordKind {
    type Err = UnknownRecord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| UnknownRecord(text.to_owned()))
    }
}

const SOURCE: Source = Source { table: "journal", key: "operation_id" };

/// Adds a line of the driver that holds the lease of this epoch.
///
/// The operation's row is locked by the same statement that checks the epoch, so no line slips in
/// behind the back of a driver that claimed the operation meanwhile.
pub async fn append(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    record: &JournalRecord,
) -> Result<Change, StoreError> {
    let sql = concat!(
        fenced!("UPDATE operation SET journal_length = journal_length + 1"),
        " RETURNING id, journal_length, organisation_id"
    );
    match tx.first(super::SOURCE, sql, vec![text(id), integer(epoch)]).await? {
        Some(row) => write(tx, &row, record).await,
        None => Ok(Change::Unchanged),
    }
}

/// Adds what somebody asked for. An operation that is stuck waits for its turn again.
///
/// `Unchanged` when there is no such operation, or when it is done or undone.
pub async fn append_request(
    tx: &mut Tx,
    id: OperationId,
    request: Request,
    actor: &Actor,
    at: Timestamp,
) -> Result<Change, StoreError> {
    let sql = "UPDATE operation
               SET journal_length = journal_length + 1,
                   finished_at = NULL,
                   error = CASE state WHEN 'stuck' THEN NULL ELSE error END,
                   state = CASE state WHEN 'stuck' THEN 'queued' ELSE state END
               WHERE id = $1
                 AND state IN ('queued', 'running', 'undoing', 'stuck')
               RETURNING id, journal_length, organisation_id";
    let Some(row) = tx.first(super::SOURCE, sql, vec![text(id)]).await? else {
        return Ok(Change::Unchanged);
    };
    let record = JournalRecord {
        record: match request {
            Request::Undo => RecordKind::UndoRequested,
            Request::Retry => RecordKind::RetryRequested,
        },
        step: None,
        attempt: 0,
        detail: None,
        actor: Some(actor.clone()),
        at,
    };
    write(tx, &row, &record).await
}

/// Returns the whole journal, oldest line first.
///
/// One line that this version does not know fails the whole: what comes next must never be decided
/// from half a journal.
pub async fn journal(tx: &mut Tx, id: OperationId) -> Result<Vec<JournalRecord>, StoreError> {
    let sql = "SELECT operation_id, step, record, attempt, detail, actor, at
               FROM journal
               WHERE operation_id = $1
               ORDER BY number";
    tx.all(SOURCE, sql, vec![text(id)]).await?.iter().map(read).collect()
}

async fn write(
    tx: &mut Tx,
    operation: &Record,
    line: &JournalRecord,
) -> Result<Change, StoreError> {
    let JournalRecord { record, step, attempt, detail, actor, at } = line;
    let sql = "INSERT INTO journal (
                   operation_id, number, organisation_id, step, record, attempt, detail, actor, at
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = vec![
        text(operation.text("id")?),
        integer(operation.integer("journal_length")?),
        text(operation.text("organisation_id")?),
        text_or_null(step.as_ref()),
        text(record.as_str()),
        integer(*attempt),
        text_or_null(detail.as_ref()),
        text_or_null(actor.as_ref()),
        time(*at),
    ];
    tx.change(sql, args).await
}

fn read(record: &Record) -> Result<JournalRecord, StoreError> {
    Ok(JournalRecord {
        record: record.parse("record")?,
        step: record.text_or_null("step")?,
        attempt: record.unsigned("attempt")?,
        detail: record.text_or_null("detail")?,
        actor: record.parse_or_null("actor")?,
        at: record.time("at")?,
    })
}
