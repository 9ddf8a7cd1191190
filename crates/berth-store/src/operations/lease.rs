//! Leases: who drives an operation, and what only that driver may write.

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{OperationId, Timestamp};
use serde_json::Value;

use super::{Operation, SOURCE, read, select};
use crate::arg::{Arg, integer, text, text_or_null, time};
use crate::record::Source;
use crate::{Change, Listed, StoreError, Tx};

/// The condition of every write of a driver: `$1` is the operation, `$2` the epoch of its lease.
macro_rules! fenced {
    ($update:literal) => {
        concat!(
            $update,
            " WHERE id = $1
                AND epoch = $2
                AND state IN ('running', 'undoing')
                AND epoch = (SELECT value FROM counter WHERE name = 'epoch')"
        )
    };
}
pub(super) use fenced;

/// How an operation came to rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// `Done`, `Undone` or `Stuck`.
    pub state: OperationState,
    /// Why it is not `Done`, for people.
    pub error: Option<String>,
    pub at: Timestamp,
}

/// How many operations may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    pub all: u32,
    /// How many of them may be imports, which work for hours where others take seconds.
    pub imports: u32,
}

const COUNTER: Source = Source { table: "counter", key: "name" };

/// Takes a lease on up to `capacity` operations that wait or whose lease is void, urgent ones first. An
/// import that finds no room is passed over, and keeps nobody waiting but its tenant.
///
/// A lease is void when its time is over or when it is of an earlier epoch. A queued operation
/// becomes running. What this version cannot read is reported and left alone; it also keeps later
/// operations of its tenant waiting. Returns nothing when `epoch` is not the newest.
///
/// A driver that could not [`renew`] in time must stop its step before the lease ends: from then on
/// the operation is claimed again, in the same epoch too.
pub async fn claim(
    tx: &mut Tx,
    epoch: i64,
    now: Timestamp,
    lease_until: Timestamp,
    capacity: Capacity,
) -> Result<Listed<Operation>, StoreError> {
    let mut claimed = Listed { rows: Vec::new(), unreadable: Vec::new(), next: None };
    if !is_newest(tx, epoch).await? {
        return Ok(claimed);
    }
    let mut imports = capacity.imports;
    let mut with_imports = imports > 0;
    loop {
        let wanted = capacity.all as usize - claimed.rows.len();
        let had_imports = with_imports;
        let limits = (wanted, claimed.unreadable.len(), with_imports);
        let found = candidates(tx, epoch, now, limits).await?;
        let mut is_last = found.rows.len() + found.unreadable.len() < wanted;
        claimed.unreadable.extend(found.unreadable);
        for operation in found.rows {
            if operation.kind == OperationKind::TenantImport {
                if imports == 0 {
                    with_imports = false;
                    continue;
                }
                imports -= 1;
            }
            let started_at = operation.started_at.unwrap_or(now);
            take(tx, operation.id, (epoch, lease_until, started_at)).await?;
            let state = match operation.state {
                OperationState::Queued => OperationState::Running,
                state => state,
            };
            claimed.rows.push(Operation {
                state,
                epoch,
                lease_until: Some(lease_until),
                started_at: Some(started_at),
                ..operation
            });
        }
        if had_imports && !with_imports {
            // From the front again, without those that there is no room for.
            claimed.unreadable.clear();
            is_last = false;
        }
        if is_last || claimed.rows.len() >= capacity.all as usize {
            return Ok(claimed);
        }
    }
}

/// Lengthens a lease.
pub async fn renew(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    lease_until: Timestamp,
) -> Result<Change, StoreError> {
    let sql = fenced!("UPDATE operation SET lease_until = $3");
    tx.change(sql, vec![text(id), integer(epoch), time(lease_until)]).await
}

/// Turns a leased operation round: `Running` or `Undoing`.
pub async fn set_state(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    state: OperationState,
) -> Result<Change, StoreError> {
    let sql = fenced!("UPDATE operation SET state = $3");
    tx.change(sql, vec![text(id), integer(epoch), text(state)]).await
}

/// Keeps what the steps found out or made, in place of what was there.
pub async fn set_outputs(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    outputs: &Value,
) -> Result<Change, StoreError> {
    let sql = fenced!("UPDATE operation SET outputs = $3");
    tx.change(sql, vec![text(id), integer(epoch), text(outputs)]).await
}

/// Says how far the step is, in thousandths, and what it is doing.
pub async fn set_progress(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    permille: u32,
    what: &str,
) -> Result<Change, StoreError> {
    let sql = fenced!("UPDATE operation SET progress_permille = $3, progress_text = $4");
    tx.change(sql, vec![text(id), integer(epoch), integer(permille), text(what)]).await
}

/// Brings an operation to rest and gives its lease back.
pub async fn finish(
    tx: &mut Tx,
    id: OperationId,
    epoch: i64,
    ending: &Ending,
) -> Result<Change, StoreError> {
    let sql = fenced!(
        "UPDATE operation SET state = $3, error = $4, finished_at = $5, lease_until = NULL"
    );
    let Ending { state, error, at } = ending;
    let args =
        vec![text(id), integer(epoch), text(*state), text_or_null(error.as_ref()), time(*at)];
    tx.change(sql, args).await
}

/// Keeps other claims and new epochs out until this transaction ends, so that two claims never see
/// the same tenant as free.
async fn is_newest(tx: &mut Tx, epoch: i64) -> Result<bool, StoreError> {
    let sql = tx.either(
        "SELECT name, value FROM counter WHERE name = 'epoch'",
        "SELECT name, value FROM counter WHERE name = 'epoch' FOR UPDATE",
    );
    let counter = tx.first(COUNTER, sql, vec![]).await?;
    Ok(counter.is_some_and(|counter| counter.integer("value").is_ok_and(|newest| newest == epoch)))
}

macro_rules! candidates {
    ($lock:literal) => {
        concat!(
            select!(
                "WHERE o.state IN ('queued', 'running', 'undoing')
                   AND (o.epoch < $1 OR o.lease_until IS NULL OR o.lease_until <= $2)
                   AND NOT EXISTS (
                       SELECT 1
                       FROM operation other
                       WHERE other.tenant_id = o.tenant_id
                         AND other.id <> o.id
                         AND other.state IN ('queued', 'running', 'undoing')
                         AND (
                             (CASE other.state WHEN 'queued' THEN 1 ELSE 0 END, other.id)
                                 < (CASE o.state WHEN 'queued' THEN 1 ELSE 0 END, o.id)
                             OR (other.epoch = $1 AND other.lease_until > $2)
                         )
                   )
                   AND ($5 = 1 OR o.kind <> $6)
                 ORDER BY CASE o.queue WHEN 'high' THEN 0 WHEN 'default' THEN 1 ELSE 2 END, o.id
                 LIMIT $3 OFFSET $4"
            ),
            $lock
        )
    };
}

/// Returns operations that can be claimed: `wanted` of them, without the first `skipped`, and without
/// imports where they are not wanted.
///
/// On PostgreSQL they are locked, and what another transaction is writing is passed over.
async fn candidates(
    tx: &mut Tx,
    epoch: i64,
    now: Timestamp,
    (wanted, skipped, with_imports): (usize, usize, bool),
) -> Result<Listed<Operation>, StoreError> {
    let sql = tx.either(candidates!(""), candidates!(" FOR UPDATE OF o SKIP LOCKED"));
    let count = |n: usize| integer(u32::try_from(n).unwrap_or(u32::MAX));
    let args: Vec<Arg> = vec![
        integer(epoch),
        time(now),
        count(wanted),
        count(skipped),
        integer(u32::from(with_imports)),
        text(OperationKind::TenantImport),
    ];
    Ok(Listed::read(tx.all(SOURCE, sql, args).await?, read))
}

async fn take(
    tx: &mut Tx,
    id: OperationId,
    (epoch, lease_until, started_at): (i64, Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let sql = "UPDATE operation
               SET epoch = $2,
                   lease_until = $3,
                   started_at = $4,
                   state = CASE state WHEN 'queued' THEN 'running' ELSE state END
               WHERE id = $1";
    let args = vec![text(id), integer(epoch), time(lease_until), time(started_at)];
    tx.execute(sql, args).await.map(drop)
}
