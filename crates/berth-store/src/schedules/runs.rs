//! What came of schedules.

use berth_domain::schedule::Outcome;
use berth_domain::{Actor, OperationId, OrganisationId, ScheduleId, Timestamp};
use serde::{Deserialize, Serialize};

use super::json;
use crate::arg::{integer, text, text_or_null, time, time_or_null};
use crate::record::{Record, Source};
use crate::{Listed, Page, StoreError, Tx};

/// One time that a schedule was due, or was run by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub schedule: ScheduleId,
    pub organisation: OrganisationId,
    pub due_at: Timestamp,
    pub at: Timestamp,
    pub actor: Actor,
    pub outcome: Outcome,
    /// Why it came out so. `None` when there is nothing to say.
    pub note: Option<String>,
    pub tenants: Vec<TenantRun>,
}

/// What a run did to one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRun {
    pub tenant: String,
    /// The operation that was begun, or why none was.
    pub result: Result<OperationId, String>,
}

#[derive(Serialize, Deserialize)]
struct TenantRunRow {
    tenant: String,
    operation: Option<String>,
    why: Option<String>,
}

const SOURCE: Source = Source { table: "schedule_run", key: "schedule_id" };

/// Notes a run. Fails with [`StoreError::Taken`] when there is one of that instant.
pub async fn add_run(tx: &mut Tx, run: &Run) -> Result<(), StoreError> {
    let sql = "INSERT INTO schedule_run (
                   schedule_id, organisation_id, due_at, at, actor, outcome, note, tenants
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let tenants: Vec<TenantRunRow> = run.tenants.iter().map(TenantRunRow::of).collect();
    let args = vec![
        text(run.schedule),
        text(run.organisation),
        time(run.due_at),
        time(run.at),
        text(&run.actor),
        text(run.outcome.as_str()),
        text_or_null(run.note.as_ref()),
        text(json(&tenants)),
    ];
    tx.execute(sql, args).await.map(drop)
}

/// Whether there is a run of that instant.
pub async fn has_run(
    tx: &mut Tx,
    schedule: ScheduleId,
    due_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "SELECT schedule_id
               FROM schedule_run
               WHERE schedule_id = $1
                 AND due_at = $2";
    Ok(tx.first(SOURCE, sql, vec![text(schedule), time(due_at)]).await?.is_some())
}

/// Lists the last runs of a schedule, newest first.
pub async fn runs(
    tx: &mut Tx,
    schedule: ScheduleId,
    limit: u32,
) -> Result<Listed<Run>, StoreError> {
    let sql = "SELECT schedule_id, organisation_id, due_at, at, actor, outcome, note, tenants
               FROM schedule_run
               WHERE schedule_id = $1
               ORDER BY due_at DESC
               LIMIT $2";
    Ok(Listed::read(tx.all(SOURCE, sql, vec![text(schedule), integer(limit)]).await?, read))
}

/// Lists the runs of a schedule that came out so, newest first; with `None` all of them.
pub async fn history(
    tx: &mut Tx,
    schedule: ScheduleId,
    outcome: Option<Outcome>,
    page: &Page<Timestamp>,
) -> Result<Listed<Run>, StoreError> {
    let sql = "SELECT schedule_id, organisation_id, due_at, at, actor, outcome, note, tenants
               FROM schedule_run
               WHERE schedule_id = $1
                 AND ($2 IS NULL OR outcome = $2)
                 AND ($3 IS NULL OR due_at < $3)
               ORDER BY due_at DESC
               LIMIT $4";
    let args =
        vec![text(schedule), text_or_null(outcome), time_or_null(page.after), integer(page.limit)];
    let due = |record: &Record| record.time("due_at").map(|at| at.to_string());
    Listed::page_by(tx.all(SOURCE, sql, args).await?, page.limit, due, read)
}

/// Forgets runs older than this and returns how many there were.
pub async fn trim_runs(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM schedule_run
               WHERE at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

impl TenantRunRow {
    fn of(run: &TenantRun) -> Self {
        Self {
            tenant: run.tenant.clone(),
            operation: run.result.as_ref().ok().map(ToString::to_string),
            why: run.result.as_ref().err().cloned(),
        }
    }
}

fn read(record: &Record) -> Result<Run, StoreError> {
    let rows: Vec<TenantRunRow> = record.json("tenants")?;
    let tenant = |row: TenantRunRow| {
        let result = match row.operation {
            Some(id) => Ok(id.parse().map_err(|_| record.unknown("tenants", &id))?),
            None => Err(row.why.unwrap_or_default()),
        };
        Ok(TenantRun { tenant: row.tenant, result })
    };
    Ok(Run {
        schedule: record.parse("schedule_id")?,
        organisation: record.parse("organisation_id")?,
        due_at: record.time("due_at")?,
        at: record.time("at")?,
        actor: record.parse("actor")?,
        outcome: record.parse("outcome")?,
        note: record.text_or_null("note")?,
        tenants: rows.into_iter().map(tenant).collect::<Result<_, StoreError>>()?,
    })
}
