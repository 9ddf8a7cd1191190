//! What is begun again and again.
//!
//! # Invariants
//!
//! * A schedule comes due once: whoever begins what is due compares and sets [`advance`] in the same
//!   transaction, and one of two who do so at once finds nothing to do.
//! * One run per schedule and instant, whoever asked for it.

use berth_domain::schedule::{Action, Outcome, Schedule, Target, Targets};
use berth_domain::{Actor, OperationId, OrganisationId, ScheduleId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::arg::{integer, text, text_or_null, time, time_or_null, unsigned};
use crate::listed::first_readable;
use crate::record::{Record, Source};
use crate::{Change, Listed, Page, Part, StoreError, Tx};

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
struct TargetRow {
    id: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct TenantRunRow {
    tenant: String,
    operation: Option<String>,
    why: Option<String>,
}

const SOURCE: Source = Source { table: "schedule", key: "id" };
const RUN: Source = Source { table: "schedule_run", key: "schedule_id" };

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organisation_id, name, action, targets, tag, cron, zone, paused, catch_up,
                    next_at, created_at, created_by
             FROM schedule ",
            $rest
        )
    };
}

/// Adds a schedule. Fails with [`StoreError::Taken`] when another one has the name.
pub async fn insert(tx: &mut Tx, schedule: &Schedule) -> Result<(), StoreError> {
    let sql = "INSERT INTO schedule (
                   id, organisation_id, name, action, targets, tag, cron, zone, paused, catch_up,
                   next_at, created_at, created_by
               )
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let mut args = columns(schedule);
    args.extend([time(schedule.created_at), text(&schedule.created_by)]);
    tx.execute(sql, args).await.map(drop)
}

/// Writes a schedule that is still due when `was_due` says.
pub async fn update(
    tx: &mut Tx,
    schedule: &Schedule,
    was_due: Option<Timestamp>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE schedule
               SET name = $3, action = $4, targets = $5, tag = $6, cron = $7, zone = $8, paused = $9,
                   catch_up = $10, next_at = $11, created_by = $13
               WHERE id = $1
                 AND organisation_id = $2
                 AND next_at IS NOT DISTINCT FROM $12";
    let mut args = columns(schedule);
    args.extend([time_or_null(was_due), text(&schedule.created_by)]);
    tx.change(sql, args).await
}

/// Says when a schedule is due next, if it is still due at `due`.
pub async fn advance(
    tx: &mut Tx,
    id: ScheduleId,
    due: Timestamp,
    next: Option<Timestamp>,
) -> Result<Change, StoreError> {
    let sql = "UPDATE schedule
               SET next_at = $3
               WHERE id = $1
                 AND next_at = $2
                 AND paused = 0";
    tx.change(sql, vec![text(id), time(due), time_or_null(next)]).await
}

/// Removes a schedule and its history.
pub async fn delete(tx: &mut Tx, id: ScheduleId) -> Result<Change, StoreError> {
    let runs = "DELETE FROM schedule_run
                WHERE schedule_id = $1";
    tx.execute(runs, vec![text(id)]).await?;
    let sql = "DELETE FROM schedule
               WHERE id = $1";
    tx.change(sql, vec![text(id)]).await
}

/// Finds a schedule by its name or its id.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    name: &str,
) -> Result<Option<Schedule>, StoreError> {
    let sql = select!("WHERE organisation_id = $1 AND (name = $2 OR id = $2)");
    tx.first(SOURCE, sql, vec![text(organisation), text(name)])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// Lists an organisation's schedules by name.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
    Part { page, is_reversed }: &Part<String>,
) -> Result<Listed<Schedule>, StoreError> {
    let sql = if *is_reversed {
        select!(
            "WHERE organisation_id = $1 AND ($2 IS NULL OR name < $2)
             ORDER BY name DESC
             LIMIT $3"
        )
    } else {
        select!(
            "WHERE organisation_id = $1 AND ($2 IS NULL OR name > $2)
             ORDER BY name
             LIMIT $3"
        )
    };
    let args = vec![text(organisation), text_or_null(page.after.as_ref()), integer(page.limit)];
    let records = tx.all(SOURCE, sql, args).await?;
    Listed::page_by(records, page.limit, |record| record.text("name"), read)
}

/// Lists schedules of the installation that are due, the longest waiting first, and those that are due
/// after `beyond`: only a clock that was far ahead can have said so.
pub async fn due(
    tx: &mut Tx,
    (now, beyond): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Listed<Schedule>, StoreError> {
    let sql = select!(
        "WHERE paused = 0
           AND (next_at <= $1 OR (next_at > $2 AND created_at <= $1))
         ORDER BY next_at, id
         LIMIT $3 OFFSET $4"
    );
    first_readable(tx, (SOURCE, sql), vec![time(now), time(beyond)], limit, read).await
}

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
    Ok(tx.first(RUN, sql, vec![text(schedule), time(due_at)]).await?.is_some())
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
    Ok(Listed::read(tx.all(RUN, sql, vec![text(schedule), integer(limit)]).await?, read_run))
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
    Listed::page_by(tx.all(RUN, sql, args).await?, page.limit, due, read_run)
}

/// Forgets runs older than this and returns how many there were.
pub async fn trim_runs(tx: &mut Tx, older_than: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM schedule_run
               WHERE at < $1";
    tx.execute(sql, vec![time(older_than)]).await
}

fn columns(schedule: &Schedule) -> Vec<crate::arg::Arg> {
    let (targets, tag) = match &schedule.targets {
        Targets::Tenants(targets) => (targets.iter().map(TargetRow::of).collect(), None),
        Targets::Tag(tag) => (Vec::new(), Some(tag)),
    };
    vec![
        text(schedule.id),
        text(schedule.organisation),
        text(&schedule.name),
        text(schedule.action.as_str()),
        text(json(&targets)),
        text_or_null(tag),
        text(&schedule.cron),
        text(&schedule.zone),
        integer(i64::from(schedule.paused)),
        unsigned(schedule.catch_up.as_secs()),
        time_or_null(schedule.next_at),
    ]
}

fn json(rows: &impl Serialize) -> String {
    serde_json::to_string(rows).expect("plain data has a JSON form")
}

impl TargetRow {
    fn of(target: &Target) -> Self {
        Self { id: target.id.to_string(), name: target.name.to_string() }
    }
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

fn read(record: &Record) -> Result<Schedule, StoreError> {
    Ok(Schedule {
        id: record.parse("id")?,
        organisation: record.parse("organisation_id")?,
        name: record.parse("name")?,
        action: record.parse::<Action>("action")?,
        targets: read_targets(record)?,
        cron: record.parse("cron")?,
        zone: record.parse("zone")?,
        paused: record.flag("paused")?,
        catch_up: std::time::Duration::from_secs(record.unsigned("catch_up")?),
        next_at: record.time_or_null("next_at")?,
        created_at: record.time("created_at")?,
        created_by: record.parse("created_by")?,
    })
}

fn read_targets(record: &Record) -> Result<Targets, StoreError> {
    if let Some(tag) = record.parse_or_null("tag")? {
        return Ok(Targets::Tag(tag));
    }
    let rows: Vec<TargetRow> = record.json("targets")?;
    let target = |row: TargetRow| {
        let unknown = || record.unknown("targets", &row.id);
        let id = row.id.parse().map_err(|_| unknown())?;
        Ok(Target { id, name: row.name.parse().map_err(|_| unknown())? })
    };
    Ok(Targets::Tenants(rows.into_iter().map(target).collect::<Result<_, StoreError>>()?))
}

fn read_run(record: &Record) -> Result<Run, StoreError> {
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
