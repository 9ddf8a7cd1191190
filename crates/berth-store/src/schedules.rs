//! What is begun again and again.
//!
//! # Invariants
//!
//! * A schedule comes due once: whoever begins what is due compares and sets [`advance`] in the same
//!   transaction, and one of two who do so at once finds nothing to do.
//! * One run per schedule and instant, whoever asked for it.

mod runs;

use berth_domain::schedule::{Action, Schedule, Target, Targets};
use berth_domain::{OrganisationId, ScheduleId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::arg::{integer, text, text_or_null, time, time_or_null, unsigned};
use crate::listed::first_readable;
use crate::record::{Record, Source};
use crate::{Change, Listed, Part, StoreError, Tx};

pub use runs::{Run, TenantRun, add_run, has_run, history, runs, trim_runs};

#[derive(Serialize, Deserialize)]
struct TargetRow {
    id: String,
    name: String,
}

const SOURCE: Source = Source { table: "schedule", key: "id" };

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
