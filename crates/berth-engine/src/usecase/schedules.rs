//! Schedules: what is begun again and again.

mod fire;
mod read;
mod view;

use berth_domain::access::{Place, Right};
use berth_domain::audit::{Object, ObjectKind};
use berth_domain::schedule::{Outcome, Schedule};
use berth_domain::{Actor, Problems, ScheduleId};
use berth_store::schedules::{self as stored, Run};
use berth_store::{StoreError, Tx};
use serde_json::{Value, json};

use super::audit::Deed;
use super::{organisation, shown};
use crate::Engine;
use crate::error::EngineError;
use crate::page;
use crate::request::{CreateSchedule, HistoryRequest, PageRequest, SetSchedule};
use crate::view::{Listing, PlanView, ScheduleView};
use fire::Due;
use view::{plan, view};

pub(crate) use fire::keep;

/// How many runs are shown.
const RUNS: u32 = 10;

impl Engine {
    /// Lists schedules by name, without what came of them.
    pub async fn schedules(
        &self,
        actor: &Actor,
        org: &str,
        request: &PageRequest,
    ) -> Result<Listing<ScheduleView>, EngineError> {
        self.listed(actor, org, (request, 0)).await
    }

    /// The same, each with what came of it last.
    pub async fn schedules_with_last_run(
        &self,
        actor: &Actor,
        org: &str,
        request: &PageRequest,
    ) -> Result<Listing<ScheduleView>, EngineError> {
        self.listed(actor, org, (request, 1)).await
    }

    async fn listed(
        &self,
        actor: &Actor,
        org: &str,
        (request, runs): (&PageRequest, u32),
    ) -> Result<Listing<ScheduleView>, EngineError> {
        let mut problems = Problems::default();
        let part = page::part(request, ["name", "-name"], page::name, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let organisation = organisation(&mut tx, actor, org).await?;
        let listed = stored::list(&mut tx, organisation.id, &part).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a schedule cannot be read");
        }
        let mut views = Vec::with_capacity(listed.rows.len());
        for schedule in listed.rows {
            let last = match runs {
                0 => Vec::new(),
                runs => stored::runs(&mut tx, schedule.id, runs).await?.rows,
            };
            views.push(view(&mut tx, &self.0, schedule, last).await?);
        }
        Ok(Listing { items: views, next: listed.next })
    }

    /// Lists what came of a schedule, newest first.
    pub async fn schedule_runs(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
        request: &HistoryRequest,
    ) -> Result<Listing<Run>, EngineError> {
        let mut problems = Problems::default();
        let outcome = request
            .only
            .as_ref()
            .and_then(|text| problems.one_of("outcome", text, Outcome::ALL, Outcome::as_str));
        let page = page::history(request, &mut problems);
        if !problems.is_empty() {
            return Err(EngineError::Invalid(problems));
        }
        let mut tx = self.0.store.read().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        let listed = stored::history(&mut tx, schedule.id, outcome, &page).await?;
        for error in &listed.unreadable {
            tracing::warn!(%error, "a run of a schedule cannot be read");
        }
        Ok(Listing { items: listed.rows, next: listed.next })
    }

    /// Shows a schedule with what came of it last.
    pub async fn schedule(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<ScheduleView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        let runs = stored::runs(&mut tx, schedule.id, RUNS).await?.rows;
        view(&mut tx, &self.0, schedule, runs).await
    }

    /// Says what a schedule would do, and makes none.
    pub async fn plan_schedule(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateSchedule,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let schedule = self.draft(&mut tx, actor, org, request).await?;
        let is_taken = stored::find(&mut tx, schedule.organisation, schedule.name.as_str());
        if is_taken.await?.is_some() {
            return Err(taken(&schedule));
        }
        Ok(plan(&self.0, &schedule, "make"))
    }

    /// Makes a schedule.
    pub async fn create_schedule(
        &self,
        actor: &Actor,
        org: &str,
        request: &CreateSchedule,
    ) -> Result<ScheduleView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let schedule = self.draft(&mut tx, actor, org, request).await?;
        match stored::insert(&mut tx, &schedule).await {
            Err(StoreError::Taken { .. }) => return Err(taken(&schedule)),
            done => done?,
        }
        let deed = deed("schedule.create", &schedule).after(told(&schedule));
        self.record(&mut tx, actor, deed).await?;
        let view = view(&mut tx, &self.0, schedule, Vec::new()).await?;
        tx.commit().await?;
        tracing::info!(%actor, schedule.name = %view.schedule.name, "somebody made a schedule");
        Ok(view)
    }

    /// Says what a schedule would be after a change.
    pub async fn plan_set_schedule(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        request: &SetSchedule,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        let changed = self.changed(&mut tx, actor, (org, &schedule), request).await?;
        Ok(plan(&self.0, &changed, "change"))
    }

    /// Changes a schedule, pauses it, or lets it go on. Begins nothing that it missed meanwhile. Whoever does
    /// answers for it from then on.
    pub async fn set_schedule(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        request: &SetSchedule,
    ) -> Result<ScheduleView, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        let changed = self.changed(&mut tx, actor, (org, &schedule), request).await?;
        if !stored::update(&mut tx, &changed, schedule.next_at).await?.is_updated() {
            return Err(EngineError::Unavailable(format!("`{name}` was due just now")));
        }
        let deed = deed("schedule.set", &schedule).before(told(&schedule)).after(told(&changed));
        self.record(&mut tx, actor, deed).await?;
        let runs = stored::runs(&mut tx, changed.id, RUNS).await?.rows;
        let view = view(&mut tx, &self.0, changed, runs).await?;
        tx.commit().await?;
        tracing::info!(%actor, schedule.name = %view.schedule.name, "somebody changed a schedule");
        Ok(view)
    }

    /// Says what removing a schedule, or running it, would do.
    pub async fn plan_on_schedule(
        &self,
        actor: &Actor,
        (org, name): (&str, &str),
        what: &'static str,
    ) -> Result<PlanView, EngineError> {
        let mut tx = self.0.store.read().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        Ok(plan(&self.0, &schedule, what))
    }

    /// Removes a schedule and its history. What it began goes on.
    pub async fn delete_schedule(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<(), EngineError> {
        let mut tx = self.0.store.begin().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        self.demand_schedule(&schedule)?;
        let _ = stored::delete(&mut tx, schedule.id).await?;
        let deed = deed("schedule.delete", &schedule).before(told(&schedule));
        self.record(&mut tx, actor, deed).await?;
        tx.commit().await?;
        tracing::info!(%actor, schedule.name = %schedule.name, "somebody removed a schedule");
        Ok(())
    }

    /// Does now what a schedule does, paused or not. When it is due next stays as it was.
    pub async fn run_schedule(
        &self,
        actor: &Actor,
        org: &str,
        name: &str,
    ) -> Result<Run, EngineError> {
        let mut tx = self.0.store.begin().await?;
        let schedule = find(&mut tx, actor, (org, name)).await?;
        self.demand_schedule(&schedule)?;
        self.record(&mut tx, actor, deed("schedule.run", &schedule)).await?;
        let due = Due { at: self.0.clock.now(), actor, asker: &self.1, note: None, lost: None };
        let run = fire::begin(&mut tx, &self.0, &schedule, due).await?;
        let run = run.map_err(|why| EngineError::NoRun { schedule: name.to_owned(), why })?;
        tx.commit().await?;
        self.0.bell.ring();
        self.0.announce();
        Ok(run)
    }

    /// Whoever may not do what a schedule does may neither run it nor take it away.
    fn demand_schedule(&self, schedule: &Schedule) -> Result<(), EngineError> {
        let right = Right::of_operation(schedule.action.operation());
        self.demand(right, Place::Organisation(schedule.organisation))
    }

    async fn draft(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        org: &str,
        request: &CreateSchedule,
    ) -> Result<Schedule, EngineError> {
        let organisation = organisation(tx, actor, org).await?;
        let mut problems = Problems::default();
        let id = ScheduleId::from_uuid(self.0.ids.uuid());
        let wanted = read::create(
            tx,
            &self.0,
            (&organisation, id),
            (actor, &self.1, request),
            &mut problems,
        );
        wanted.await?.ok_or(EngineError::Invalid(problems))
    }

    async fn changed(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        (org, schedule): (&str, &Schedule),
        request: &SetSchedule,
    ) -> Result<Schedule, EngineError> {
        let organisation = organisation(tx, actor, org).await?;
        let mut problems = Problems::default();
        let changed =
            read::change(tx, &self.0, (&organisation, schedule), (&self.1, request), &mut problems);
        let changed = changed.await?.ok_or(EngineError::Invalid(problems))?;
        // Whoever changes it answers for it from then on.
        Ok(Schedule { created_by: actor.clone(), ..changed })
    }
}

fn deed(action: &'static str, schedule: &Schedule) -> Deed {
    let object = Object::new(ObjectKind::Schedule, schedule.id, &schedule.name);
    Deed::new(action, schedule.organisation, object)
}

/// A schedule to those who look at who did what.
fn told(schedule: &Schedule) -> Value {
    json!({
        "action": schedule.action.as_str(),
        "targets": schedule.targets.to_string(),
        "cron": schedule.cron.to_string(),
        "zone": schedule.zone.to_string(),
        "catch_up_seconds": schedule.catch_up.as_secs(),
        "paused": schedule.paused,
        "on_behalf_of": schedule.created_by.to_string(),
    })
}

async fn find(
    tx: &mut Tx,
    actor: &Actor,
    (org, name): (&str, &str),
) -> Result<Schedule, EngineError> {
    let organisation = organisation(tx, actor, org).await?;
    let found = stored::find(tx, organisation.id, name).await?;
    found.ok_or_else(|| EngineError::NoSuchSchedule(shown(name)))
}

fn taken(schedule: &Schedule) -> EngineError {
    let name = &schedule.name;
    EngineError::NameTaken {
        message: format!("a schedule is called `{name}` already"),
        hint: format!("choose another name, or change it with `berth schedule set {name}`"),
    }
}
