//! Schedules as they are shown.

use std::collections::BTreeMap;

use berth_domain::schedule::{Schedule, Targets};
use berth_domain::{Tenant, TenantState, Timestamp};
use berth_store::schedules::Run;
use berth_store::{Tx, tenants};

use crate::engine::Inner;
use crate::error::EngineError;
use crate::usecase::maker;
use crate::view::{Moment, PlanAction, PlanView, ScheduleView};

/// How many of the next times are shown.
const NEXT: usize = 5;

pub(super) async fn view(
    tx: &mut Tx,
    engine: &Inner,
    schedule: Schedule,
    runs: Vec<Run>,
) -> Result<ScheduleView, EngineError> {
    let resting = if schedule.paused { None } else { resting(tx, &schedule).await? };
    let resting = match resting {
        None if !schedule.paused => maker::schedule_lost(tx, &schedule, engine.clock.now()).await?,
        resting => resting,
    };
    let next = if schedule.paused || resting.is_some() {
        Vec::new()
    } else {
        moments(&schedule, engine.clock.now())
    };
    Ok(ScheduleView { in_words: schedule.cron.describe(), resting, next, runs, schedule })
}

/// Says what a schedule would be, and when it would come.
pub(super) fn plan(engine: &Inner, schedule: &Schedule, what: &str) -> PlanView {
    let (action, targets) = (schedule.action, &schedule.targets);
    let mut actions = vec![PlanAction {
        step: "schedule",
        text: format!("{action} {targets} {} ({})", schedule.cron.describe(), schedule.zone),
    }];
    if matches!(what, "make" | "change") {
        let moments = moments(schedule, engine.clock.now());
        actions.extend(moments.into_iter().map(|it| PlanAction { step: "next", text: it.local }));
    }
    let settings = BTreeMap::from([
        ("cron", schedule.cron.to_string()),
        ("zone", schedule.zone.to_string()),
        ("catch_up", catch_up(schedule)),
    ]);
    PlanView { summary: format!("{what} schedule {}", schedule.name), actions, settings }
}

fn catch_up(schedule: &Schedule) -> String {
    match schedule.catch_up.as_secs() {
        0 => "never".to_owned(),
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds => format!("{}m", seconds / 60),
    }
}

fn moments(schedule: &Schedule, now: Timestamp) -> Vec<Moment> {
    let zone = schedule.clock();
    let local =
        |at: Timestamp| at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string();
    let next = schedule.cron.upcoming(now, &zone, NEXT);
    next.into_iter().map(|at| Moment { at, local: local(at) }).collect()
}

/// Why a schedule has nothing to do: all tenants that it names were put away. They bring it back with
/// themselves.
pub(super) async fn resting(
    tx: &mut Tx,
    schedule: &Schedule,
) -> Result<Option<String>, EngineError> {
    let Targets::Tenants(targets) = &schedule.targets else { return Ok(None) };
    let mut away = Vec::with_capacity(targets.len());
    for target in targets {
        match tenants::get(tx, schedule.organisation, target.id).await {
            // It is there, and this version cannot read it.
            Err(error) if error.is_about_one_row() => return Ok(None),
            Err(error) => return Err(error.into()),
            Ok(None) => away.push(format!("{} is gone", target.name)),
            Ok(Some(tenant)) if is_away(&tenant) => {
                away.push(format!("{} is {}", tenant.name, tenant.state.label()));
            }
            Ok(Some(_)) => return Ok(None),
        }
    }
    Ok(Some(away.join(", ")))
}

pub(super) const fn is_away(tenant: &Tenant) -> bool {
    matches!(
        tenant.state,
        TenantState::Archived { .. } | TenantState::Deleted { .. } | TenantState::Deleting { .. }
    )
}
