//! Schedules and what came of them, worded.

use berth_domain::schedule::{Action, Outcome, Targets};
use berth_domain::{OperationId, Timestamp};
use berth_engine::view::{Run, ScheduleView, TenantRun};

use crate::pages::words::{Status, capitalised, who};

/// A schedule in a list.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) what: String,
    pub(super) status: Status,
    /// When it comes next. Empty: it does not.
    pub(super) next: String,
    /// What came of it last. `None`: it never came.
    pub(super) last: Option<RunRow>,
}

/// One time that it came.
#[derive(Debug)]
pub(super) struct RunRow {
    pub(super) status: Status,
    pub(super) at: String,
    pub(super) by: String,
    pub(super) note: String,
    pub(super) tenants: Vec<Touched>,
}

/// What was done to a tenant then.
#[derive(Debug)]
pub(super) struct Touched {
    pub(super) tenant: String,
    /// The operation that was begun, or why none was.
    pub(super) operation: Option<OperationId>,
    pub(super) why: String,
}

impl Row {
    pub(super) fn of(view: &ScheduleView) -> Self {
        Self {
            name: view.schedule.name.to_string(),
            what: what(view),
            status: status(view),
            next: view.next.first().map(|it| when(it.at)).unwrap_or_default(),
            last: view.runs.first().map(RunRow::of),
        }
    }
}

impl RunRow {
    pub(super) fn of(run: &Run) -> Self {
        let touched = |it: &TenantRun| Touched {
            tenant: it.tenant.clone(),
            operation: it.result.as_ref().ok().copied(),
            why: it.result.as_ref().err().map(|why| capitalised(why)).unwrap_or_default(),
        };
        Self {
            status: outcome(run.outcome),
            at: when(run.due_at),
            by: who(&run.actor.to_string()),
            note: run.note.as_deref().map(capitalised).unwrap_or_default(),
            tenants: run.tenants.iter().map(touched).collect(),
        }
    }

    /// How many operations it began.
    pub(super) fn begun(&self) -> usize {
        self.tenants.iter().filter(|it| it.operation.is_some()).count()
    }
}

fn outcome(outcome: Outcome) -> Status {
    let shape = match outcome {
        Outcome::Started => "ok",
        Outcome::Skipped => "idle",
        Outcome::Missed => "warn",
    };
    Status::new(shape, capitalised(outcome.as_str()))
}

/// `Restart acme, every day at 03:30 (Europe/Berlin)`.
pub(crate) fn what(view: &ScheduleView) -> String {
    let ScheduleView { schedule, in_words, .. } = view;
    let (action, targets) = (action(schedule.action), targets(&schedule.targets));
    format!("{action} {targets}, {in_words} ({})", schedule.zone)
}

pub(super) fn action(action: Action) -> String {
    capitalised(action.as_str())
}

/// `acme, globex`, or `everything tagged eu`.
pub(super) fn targets(targets: &Targets) -> String {
    match targets {
        Targets::Tenants(all) => {
            all.iter().map(|it| it.name.to_string()).collect::<Vec<_>>().join(", ")
        }
        Targets::Tag(tag) => format!("everything tagged {tag}"),
    }
}

/// Whether it goes on.
pub(crate) fn status(view: &ScheduleView) -> Status {
    match (view.schedule.paused, &view.resting) {
        (true, _) => Status::new("idle", "Paused"),
        (false, Some(why)) => Status::new("warn", capitalised(why)),
        (false, None) => Status::new("ok", "On"),
    }
}

/// `Mon 30 Nov 2026 03:30`, in universal time. It may be years ahead.
pub(super) fn when(at: Timestamp) -> String {
    at.strftime("%a %-d %b %Y %H:%M").to_string()
}
