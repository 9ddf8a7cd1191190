//! Durable changes, their leases and their journals.
//!
//! # Invariants
//!
//! * Whoever drives an operation holds its lease and names the lease's epoch in every write. Once
//!   the operation was claimed again, or a newer epoch began, such a write is `Unchanged`.
//! * One operation per tenant is at work at a time, the one that began first.
//! * Records are only ever added to a journal, numbered without gaps.

use berth_domain::operation::{OperationKind, OperationState, Queue};
use berth_domain::{Actor, OperationId, OrganisationId, TenantId, Timestamp};
use serde_json::Value;

use crate::arg::{integer, integer_or_null, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{StoreError, Tx};

mod journal;
mod lease;
mod list;

pub use journal::{
    JournalRecord, RecordKind, Request, UnknownRecord, append, append_request, journal,
};
pub use lease::{Capacity, Ending, claim, finish, renew, set_outputs, set_progress, set_state};
pub use list::{Filter, count_active, list};

/// One durable change.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    pub id: OperationId,
    pub organisation: OrganisationId,
    pub kind: OperationKind,
    pub queue: Queue,
    /// `None` for what is not about one tenant.
    pub tenant: Option<TenantId>,
    /// What it is about, in the words people use: mostly the tenant's name.
    pub target: String,
    pub state: OperationState,
    /// What was asked for. Without secrets.
    pub input: Value,
    /// What its steps found out or made. Without secrets.
    pub outputs: Value,
    /// Why it did not get where it should, for people.
    pub error: Option<String>,
    /// How far the step is in thousandths, and what it is doing.
    pub progress: Option<(u32, String)>,
    pub created_at: Timestamp,
    pub created_by: Actor,
    /// `None` until it was claimed for the first time.
    pub started_at: Option<Timestamp>,
    /// `None` until it is at rest.
    pub finished_at: Option<Timestamp>,
    /// Of the last lease, 0 before the first.
    pub epoch: i64,
    /// `None` when nobody holds a lease.
    pub lease_until: Option<Timestamp>,
    /// The request that asked for it. `None` when Berth did.
    pub request_id: Option<String>,
}

pub(crate) const SOURCE: Source = Source { table: "operation", key: "id" };

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT o.id, o.organisation_id, o.kind, o.queue, o.tenant_id, o.target, o.state,
                    o.input, o.outputs, o.error, o.progress_permille, o.progress_text,
                    o.created_at, o.created_by, o.started_at, o.finished_at, o.epoch,
                    o.lease_until, o.request_id
             FROM operation o ",
            $rest
        )
    };
}
use select;

/// Adds an operation with an empty journal.
pub async fn insert(tx: &mut Tx, operation: &Operation) -> Result<(), StoreError> {
    let sql = "INSERT INTO operation (
                   id, organisation_id, kind, queue, tenant_id, target, state, input, outputs,
                   error, progress_permille, progress_text, created_at, created_by, started_at,
                   finished_at, epoch, lease_until, request_id, journal_length
               )
               VALUES (
                   $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                   $19, 0
               )";
    let (permille, progress) = operation.progress.as_ref().map(|(n, what)| (*n, what)).unzip();
    let args = vec![
        text(operation.id),
        text(operation.organisation),
        text(operation.kind),
        text(operation.queue),
        text_or_null(operation.tenant),
        text(&operation.target),
        text(operation.state),
        text(&operation.input),
        text(&operation.outputs),
        text_or_null(operation.error.as_ref()),
        integer_or_null(permille),
        text_or_null(progress),
        time(operation.created_at),
        text(&operation.created_by),
        time_or_null(operation.started_at),
        time_or_null(operation.finished_at),
        integer(operation.epoch),
        time_or_null(operation.lease_until),
        text_or_null(operation.request_id.as_ref()),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Finds an operation of an organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: OperationId,
) -> Result<Option<Operation>, StoreError> {
    let sql = select!("WHERE o.organisation_id = $1 AND o.id = $2");
    let found = tx.first(SOURCE, sql, vec![text(organisation), text(id)]).await?;
    found.as_ref().map(read).transpose()
}

/// Returns the operation that is at work on a tenant, or waits to be. `None` when there is none;
/// one that is stuck is at rest.
pub async fn active_for_tenant(
    tx: &mut Tx,
    tenant: TenantId,
) -> Result<Option<Operation>, StoreError> {
    let sql = select!(
        "WHERE o.tenant_id = $1
           AND o.state IN ('queued', 'running', 'undoing')
         ORDER BY CASE o.state WHEN 'queued' THEN 1 ELSE 0 END, o.id
         LIMIT 1"
    );
    tx.first(SOURCE, sql, vec![text(tenant)]).await?.as_ref().map(read).transpose()
}

fn read(record: &Record) -> Result<Operation, StoreError> {
    let permille = record.unsigned_or_null("progress_permille")?;
    let progress = record.text_or_null("progress_text")?;
    Ok(Operation {
        id: record.parse("id")?,
        organisation: record.parse("organisation_id")?,
        kind: record.parse("kind")?,
        queue: record.parse("queue")?,
        tenant: record.parse_or_null("tenant_id")?,
        target: record.text("target")?,
        state: record.parse("state")?,
        input: record.json("input")?,
        outputs: record.json("outputs")?,
        error: record.text_or_null("error")?,
        progress: permille.zip(progress),
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
        started_at: record.time_or_null("started_at")?,
        finished_at: record.time_or_null("finished_at")?,
        epoch: record.integer("epoch")?,
        lease_until: record.time_or_null("lease_until")?,
        request_id: record.text_or_null("request_id")?,
    })
}
