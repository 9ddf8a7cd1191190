//! What a schedule is asked to be, checked, all problems at once.

use std::time::Duration;

use berth_domain::schedule::{Action, Schedule, Target, Targets};
use berth_domain::{Actor, Cron, Organisation, Problems, ScheduleId, Span, Tag, TimeZoneName};
use berth_store::Tx;

use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::{CreateSchedule, SetSchedule};
use crate::usecase::tenant;

/// How late something is made up for when nobody said.
const CATCH_UP: Duration = Duration::from_hours(1);
/// How late anything is made up for.
const LATEST: Duration = Duration::from_hours(24 * 7);
/// How many tenants a schedule may name.
const MOST: usize = 100;

/// Reads a new schedule. `None`: see `problems`.
pub(super) async fn create(
    tx: &mut Tx,
    engine: &Inner,
    (organisation, id): (&Organisation, ScheduleId),
    (actor, asker, request): (&Actor, &Asker, &CreateSchedule),
    problems: &mut Problems,
) -> Result<Option<Schedule>, EngineError> {
    let name = problems.check("name", request.name.parse());
    let action = read_action(&request.action, problems)
        .and_then(|action| allowed_action((organisation, asker), action, problems));
    let targets = (&request.tenants[..], request.tag.as_deref());
    let targets = read_targets(tx, organisation, targets, problems).await?;
    let cron = problems.check("cron", request.cron.parse::<Cron>());
    let zone = match request.zone.as_deref() {
        Some(text) => problems.check("zone", text.parse()),
        None => Some(engine.settings.defaults.time_zone.clone()),
    };
    let catch_up = request.catch_up.as_deref().map_or(Some(CATCH_UP), |text| late(text, problems));
    let parts = (name, action, targets, cron, zone, catch_up);
    let (Some(name), Some(action), Some(targets), Some(cron), Some(zone), Some(catch_up)) = parts
    else {
        return Ok(None);
    };
    let now = engine.clock.now();
    let schedule = Schedule {
        id,
        organisation: organisation.id,
        name,
        action,
        targets,
        cron,
        zone,
        paused: false,
        catch_up,
        next_at: None,
        created_at: now,
        created_by: actor.clone(),
    };
    Ok(Some(Schedule { next_at: schedule.next(now), ..schedule }))
}

/// Reads what a schedule becomes. `None`: see `problems`.
pub(super) async fn change(
    tx: &mut Tx,
    engine: &Inner,
    (organisation, before): (&Organisation, &Schedule),
    (asker, request): (&Asker, &SetSchedule),
    problems: &mut Problems,
) -> Result<Option<Schedule>, EngineError> {
    let mut schedule = before.clone();
    if let Some(action) = request.action.as_deref() {
        schedule.action = read_action(action, problems).unwrap_or(schedule.action);
    }
    // Whoever may not close tenants says neither which are closed, nor when.
    let action = if before.action.is_for_operators() { before.action } else { schedule.action };
    allowed_action((organisation, asker), action, problems);
    if request.tenants.is_some() || request.tag.is_some() {
        let targets = (request.tenants.as_deref().unwrap_or_default(), request.tag.as_deref());
        if let Some(targets) = read_targets(tx, organisation, targets, problems).await? {
            schedule.targets = targets;
        }
    }
    if let Some(text) = request.cron.as_deref() {
        schedule.cron = problems.check("cron", text.parse()).unwrap_or(schedule.cron);
    }
    if let Some(text) = request.zone.as_deref() {
        let zone = problems.check("zone", text.parse::<TimeZoneName>());
        schedule.zone = zone.unwrap_or(schedule.zone);
    }
    if let Some(text) = request.catch_up.as_deref() {
        schedule.catch_up = late(text, problems).unwrap_or(schedule.catch_up);
    }
    schedule.paused = request.paused.unwrap_or(schedule.paused);
    let is_another_time = (&schedule.cron, &schedule.zone) != (&before.cron, &before.zone);
    if schedule.paused {
        schedule.next_at = None;
    } else if is_another_time || before.next_at.is_none() {
        schedule.next_at = schedule.next(engine.clock.now());
    }
    Ok(problems.is_empty().then_some(schedule))
}

fn read_action(text: &str, problems: &mut Problems) -> Option<Action> {
    problems.one_of("action", text, Action::ALL, Action::as_str)
}

/// The action, if whoever asks may have it done again and again.
fn allowed_action(
    (organisation, asker): (&Organisation, &Asker),
    action: Action,
    problems: &mut Problems,
) -> Option<Action> {
    if action.is_for_operators() && !asker.is_operator_in(organisation.id) {
        problems.add("action", format!("only an operator may {action} tenants"));
        return None;
    }
    Some(action)
}

async fn read_targets(
    tx: &mut Tx,
    organisation: &Organisation,
    (names, tag): (&[String], Option<&str>),
    problems: &mut Problems,
) -> Result<Option<Targets>, EngineError> {
    match (names, tag) {
        ([], Some(tag)) => Ok(problems.check("tag", tag.parse::<Tag>()).map(Targets::Tag)),
        ([], None) => {
            problems.add("tenants", "name tenants, or a tag that they have");
            Ok(None)
        }
        (_, Some(_)) => {
            problems.add("tag", "name tenants or a tag, not both");
            Ok(None)
        }
        (names, None) if names.len() > MOST => {
            problems.add("tenants", format!("a schedule names at most {MOST}: give them a tag"));
            Ok(None)
        }
        (names, None) => {
            let mut targets: Vec<Target> = Vec::with_capacity(names.len());
            for name in names {
                match tenant(tx, organisation, name).await {
                    Ok(found) if targets.iter().all(|target| target.id != found.id) => {
                        targets.push(Target { id: found.id, name: found.name });
                    }
                    Ok(_) => {}
                    Err(error @ EngineError::NoSuchTenant(_)) => problems.add("tenants", error),
                    Err(error) => return Err(error),
                }
            }
            Ok((!targets.is_empty()).then_some(Targets::Tenants(targets)))
        }
    }
}

/// Reads a length of time or `never`.
fn late(text: &str, problems: &mut Problems) -> Option<Duration> {
    if text == "never" {
        return Some(Duration::ZERO);
    }
    let late = match text.parse::<Span>() {
        Ok(span) => span.get(),
        Err(error) => {
            problems.add_with_hint("catch_up", error, "write up to seven days, or `never`");
            return None;
        }
    };
    if late.is_zero() || late > LATEST {
        problems.add("catch_up", "write up to seven days, or `never`");
        return None;
    }
    Some(late)
}
