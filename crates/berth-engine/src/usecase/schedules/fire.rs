//! Beginning what is due.
//!
//! # Invariants
//!
//! * When a schedule is due next, its run and the operations that it begins are written in one
//!   transaction, which compares when it was due: each time leads to one run, whoever looks, and
//!   wherever a process dies.
//! * A run begins only when the one before is at rest, and whoever answers for the schedule may still do
//!   what it does.
//! * Only the driver looks.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::schedule::{Due as Decision, Outcome, Schedule, Targets};
use berth_domain::{Actor, OperationId, Tenant, Timestamp, chain};
use berth_store::events::NewEvent;
use berth_store::schedules::{self as stored, Run, TenantRun};
use berth_store::{Page, StoreError, Tx, events, operations, organisations, tenants};
use serde_json::json;

use super::view::{is_away, resting};
use crate::Kind;
use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::usecase::change::decide::{self, Request};
use crate::usecase::maker;
use crate::usecase::unreadable::Unreadable;

/// How often to look.
const EVERY: Duration = Duration::from_secs(1);
/// How many schedules are dealt with at a time. The rest are found by the next look.
const AT_A_TIME: u32 = 100;
/// How many tenants one tag leads to.
const TENANTS: u32 = 1000;
/// In how many looks once to look for those that are due far ahead.
const SELDOM: u64 = 60;
/// What is due later than the clock and its own rule can explain was said by a clock that was ahead.
const AHEAD: Duration = Duration::from_hours(24);

/// A time that has come.
pub(super) struct Due<'a> {
    pub(super) at: Timestamp,
    /// On whose behalf.
    pub(super) actor: &'a Actor,
    pub(super) asker: &'a Asker,
    pub(super) note: Option<String>,
    /// Why it is skipped: who answers for it may not do it any more. `None`: they may.
    pub(super) lost: Option<String>,
}

/// Looks for as long as the engine drives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    let mut said = Unreadable::default();
    for round in 0_u64.. {
        // Few schedules are due as far ahead as a clock that was wrong makes them: seldom looked for.
        let ahead = if round % SELDOM == 0 { Some(AHEAD) } else { None };
        if let Err(error) = look(engine, ahead, &mut said).await {
            tracing::warn!(error = %chain(&error), "cannot look for schedules that are due");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Begins everything that is due, and puts right what is due too far `ahead`.
async fn look(
    engine: &Arc<Inner>,
    ahead: Option<Duration>,
    said: &mut Unreadable,
) -> Result<(), EngineError> {
    let now = engine.clock.now();
    let beyond = ahead.map_or(Timestamp::MAX, |ahead| now + ahead);
    let mut tx = engine.store.read().await?;
    let due = stored::due(&mut tx, (now, beyond), AT_A_TIME).await?;
    drop(tx);
    said.say("a schedule", &due.unreadable);
    for schedule in due.rows {
        if let Err(error) = fire(engine, &schedule, now).await {
            tracing::warn!(
                schedule.name = %schedule.name, error = %chain(&error),
                "a schedule is due and cannot be begun yet"
            );
        }
    }
    Ok(())
}

async fn fire(engine: &Arc<Inner>, schedule: &Schedule, now: Timestamp) -> Result<(), EngineError> {
    let Some(due) = schedule.next_at else { return Ok(()) };
    let next = schedule.next(now);
    // Far ahead by its own rule: a schedule that comes once a year.
    if due > now && next == Some(due) {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    if !organisations::is_there(&mut tx, schedule.organisation).await? {
        return Ok(());
    }
    if !stored::advance(&mut tx, schedule.id, due, next).await?.is_updated() {
        return Ok(());
    }
    let run = match schedule.decide(due, now) {
        Decision::Nothing => None,
        Decision::Missed { at } => missed(&mut tx, schedule, (at, now)).await?,
        Decision::Run { at, is_late } => {
            let note = is_late.then(|| format!("it was due at {at} and Berth did not run then"));
            let lost = maker::schedule_lost(&mut tx, schedule, now).await?;
            let due = Due { at, actor: &schedule.created_by, asker: &Asker::INSIDE, note, lost };
            begin(&mut tx, engine, schedule, due).await?.ok()
        }
    };
    tx.commit().await?;
    if let Some(run) = run {
        engine.bell.ring();
        engine.announce();
        tracing::info!(
            schedule.name = %schedule.name, outcome = %run.outcome, note = run.note, due_at = %run.due_at,
            "the time of a schedule has come"
        );
    }
    Ok(())
}

/// Notes that a time was missed.
async fn missed(
    tx: &mut Tx,
    schedule: &Schedule,
    (at, now): (Timestamp, Timestamp),
) -> Result<Option<Run>, EngineError> {
    if resting(tx, schedule).await?.is_some() || stored::has_run(tx, schedule.id, at).await? {
        return Ok(None);
    }
    let note = format!("it was due at {at} and Berth did not run then");
    let run = Run {
        schedule: schedule.id,
        organisation: schedule.organisation,
        due_at: at,
        at: now,
        actor: Actor::System,
        outcome: Outcome::Missed,
        note: Some(note),
        tenants: Vec::new(),
    };
    note_run(tx, schedule, &run).await?;
    Ok(Some(run))
}

/// Begins what a schedule does, or notes why it does not. The inner error says why there is nothing to
/// begin at all.
pub(super) async fn begin(
    tx: &mut Tx,
    engine: &Arc<Inner>,
    schedule: &Schedule,
    due: Due<'_>,
) -> Result<Result<Run, String>, EngineError> {
    if let Some(away) = resting(tx, schedule).await? {
        return Ok(Err(away));
    }
    // A clock that went back shows times again that were dealt with.
    if stored::has_run(tx, schedule.id, due.at).await? {
        return Ok(Err("it was run at this very moment".to_owned()));
    }
    let mut run = Run {
        schedule: schedule.id,
        organisation: schedule.organisation,
        due_at: due.at,
        at: engine.clock.now(),
        actor: due.actor.clone(),
        outcome: Outcome::Skipped,
        note: due.note,
        tenants: Vec::new(),
    };
    let mut happened = Vec::new();
    if due.lost.is_some() {
        run.note = due.lost;
    } else if let Some(operation) = still_at_work(tx, schedule).await? {
        run.note = Some(format!("{operation} of the run before is still at work"));
    } else {
        let found = targets(tx, schedule).await?;
        if found.is_empty() {
            run.note = Some(format!("there are no {}", schedule.targets));
        }
        for (name, tenant) in found {
            let result = match tenant {
                Ok(tenant) => {
                    one(tx, engine, (schedule, due.actor, due.asker), &tenant, &mut happened)
                        .await?
                }
                Err(why) => Err(why),
            };
            run.tenants.push(TenantRun { tenant: name, result });
        }
        if run.tenants.iter().any(|tenant| tenant.result.is_ok()) {
            run.outcome = Outcome::Started;
        }
    }
    for event in &happened {
        events::append(tx, event, run.at).await?;
    }
    note_run(tx, schedule, &run).await?;
    Ok(Ok(run))
}

/// Begins the operation on one tenant. The inner error says why it was not.
async fn one(
    tx: &mut Tx,
    engine: &Arc<Inner>,
    (schedule, actor, asker): (&Schedule, &Actor, &Asker),
    tenant: &Tenant,
    happened: &mut Vec<NewEvent>,
) -> Result<Result<OperationId, String>, EngineError> {
    let kind = schedule.action.operation();
    let id = OperationId::from_uuid(engine.ids.uuid());
    // Before anything is written: what is refused here leaves the transaction as it was.
    if let Err(error) = decide::allowed(engine, asker, tenant, (kind, id)) {
        return match error.kind() {
            Kind::Conflict | Kind::Forbidden => Ok(Err(chain(&error))),
            _ => Err(error),
        };
    }
    let request = Request { actor, asker, seen: tenant, known: None, kind, id, input: json!({}) };
    let (operation, event) = decide::write(tx, engine, request).await?;
    happened.push(event);
    Ok(Ok(operation.id))
}

/// The operation of the run before that is not at rest.
async fn still_at_work(
    tx: &mut Tx,
    schedule: &Schedule,
) -> Result<Option<OperationId>, EngineError> {
    let last = stored::runs(tx, schedule.id, AT_A_TIME).await?.rows;
    let Some(last) = last.into_iter().find(|run| run.outcome == Outcome::Started) else {
        return Ok(None);
    };
    for id in last.tenants.into_iter().filter_map(|tenant| tenant.result.ok()) {
        let found = operations::find(tx, schedule.organisation, id).await?;
        if found.is_some_and(|operation| !operation.state.is_at_rest()) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The tenants that a schedule is about now, or why one cannot be read. What was put away is left out.
async fn targets(
    tx: &mut Tx,
    schedule: &Schedule,
) -> Result<Vec<(String, Result<Tenant, String>)>, EngineError> {
    let mut found = Vec::new();
    match &schedule.targets {
        Targets::Tenants(targets) => {
            for target in targets {
                match tenants::get(tx, schedule.organisation, target.id).await {
                    Ok(None) => {}
                    Ok(Some(tenant)) => found.push((tenant.name.to_string(), Ok(tenant))),
                    // The row of one tenant keeps no other from its schedule.
                    Err(error) if error.is_about_one_row() => {
                        found.push((target.name.to_string(), Err(chain(&error))));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Targets::Tag(tag) => {
            let filter = tenants::Filter { tag: Some(tag.clone()), ..tenants::Filter::default() };
            let page = Page { after: None, limit: TENANTS };
            let listed = tenants::list(tx, schedule.organisation, &filter, &page).await?;
            let read = listed.rows.into_iter().map(|tenant| (tenant.name.to_string(), Ok(tenant)));
            found.extend(read);
            // One whose row cannot be read has no name that could be known here. Its id is one as well.
            let broken = listed.unreadable.iter();
            let id = |error: &StoreError| error.row().unwrap_or("?").to_owned();
            found.extend(broken.map(|error| (id(error), Err(chain(error)))));
        }
    }
    found.retain(|(_, tenant)| !tenant.as_ref().is_ok_and(is_away));
    Ok(found)
}

async fn note_run(tx: &mut Tx, schedule: &Schedule, run: &Run) -> Result<(), EngineError> {
    stored::add_run(tx, run).await?;
    let event = NewEvent {
        organisation: schedule.organisation,
        operation: None,
        tenant: None,
        kind: format!("schedule.{}", run.outcome),
        data: json!({
            "schedule": schedule.name.as_str(), "due_at": run.due_at.to_string(), "reason": run.note,
            "actor": run.actor.to_string(),
        }),
    };
    events::append(tx, &event, run.at).await?;
    Ok(())
}
