//! Schedules.

use berth_api::v1 as api;
use berth_domain::schedule::Targets;
use berth_engine::view::{Moment, Run, ScheduleView};

pub(crate) fn schedule(view: ScheduleView) -> api::Schedule {
    let ScheduleView { schedule, in_words, resting, next, runs } = view;
    let (tenants, tag) = match schedule.targets {
        Targets::Tenants(all) => (all.into_iter().map(|it| it.name.to_string()).collect(), None),
        Targets::Tag(tag) => (Vec::new(), Some(tag.to_string())),
    };
    api::Schedule {
        id: schedule.id.to_string(),
        name: schedule.name.to_string(),
        action: schedule.action.to_string(),
        tenants,
        tag,
        cron: schedule.cron.to_string(),
        in_words,
        zone: schedule.zone.to_string(),
        paused: schedule.paused,
        resting,
        catch_up_seconds: schedule.catch_up.as_secs(),
        next: next.into_iter().map(moment).collect(),
        runs: runs.into_iter().map(schedule_run).collect(),
        created_at: schedule.created_at,
        created_by: schedule.created_by.to_string(),
    }
}

fn moment(Moment { at, local }: Moment) -> api::Moment {
    api::Moment { at, local }
}

pub(crate) fn schedule_run(run: Run) -> api::ScheduleRun {
    let tenants = run.tenants.into_iter().map(|tenant| api::ScheduleRunTenant {
        tenant: tenant.tenant,
        operation: tenant.result.as_ref().ok().map(ToString::to_string),
        why: tenant.result.err(),
    });
    api::ScheduleRun {
        due_at: run.due_at,
        at: run.at,
        actor: run.actor.to_string(),
        outcome: run.outcome.to_string(),
        note: run.note,
        tenants: tenants.collect(),
    }
}
