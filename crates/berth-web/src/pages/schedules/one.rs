//! One schedule: what it does, when it comes next, and what came of it.

use askama::Template;
use axum::response::Response;
use berth_domain::access::Right;
use berth_domain::schedule::Outcome;
use berth_engine::request::HistoryRequest;
use berth_engine::view::{Listing, Run, ScheduleView};
use http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::check::there;
use super::row::{RunRow, action, status, targets, when};
use super::{SchedulePath, typed};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::fleet::Choice;
use crate::pages::form::filled;
use crate::pages::html::{page_or_part, page_with};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{Status, capitalised, moment, who};

/// How many runs a page has.
const PAGE: u32 = 20;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    outcome: Option<String>,
    before: Option<String>,
}

/// A schedule.
#[derive(Debug, Template)]
#[template(path = "schedule.html", blocks = ["live"])]
struct SchedulePage {
    shell: Shell,
    all: String,
    base: String,
    here: String,
    name: String,
    status: Status,
    facts: Vec<(&'static str, String)>,
    cron: String,
    is_paused: bool,
    may_change: bool,
    /// Universal time, and what clocks show there.
    next: Vec<(String, String)>,
    outcomes: Vec<Choice>,
    is_narrowed: bool,
    runs: Vec<RunRow>,
    newest: Option<String>,
    older: Option<String>,
    said: Said,
}

/// Shows it, or for scripts the part that changes.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<SchedulePath>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let request = HistoryRequest {
        only: filled(query.outcome.clone()),
        before: filled(query.before.clone()),
        limit: Some(PAGE),
    };
    let runs = engine.schedule_runs(actor, &org, &name, &request).await?;
    let shown = SchedulePage::of(seat, (&org, &name), (query, runs), Said::default()).await?;
    page_or_part(&headers, &shown, &shown.as_live())
}

/// Shows it with why something could not be done to it.
pub(super) async fn refused(
    seat: Seat,
    (org, name): (&str, &str),
    said: Said,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let request = HistoryRequest { limit: Some(PAGE), ..HistoryRequest::default() };
    let runs = engine.schedule_runs(actor, org, name, &request).await?;
    let again = SchedulePage::of(seat, (org, name), (Query::default(), runs), said).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

/// Whether whoever looks may do what it does, and so have it done, changed and taken away.
pub(super) fn may_change(seat: &Seat, view: &ScheduleView) -> bool {
    seat.may(Right::Operate) && seat.may(Right::of_operation(view.schedule.action.operation()))
}

impl SchedulePage {
    async fn of(
        seat: Seat,
        (org, name): (&str, &str),
        (query, runs): (Query, Listing<Run>),
        said: Said,
    ) -> Result<Self, ApiError> {
        let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
        let view = engine.schedule(&actor, org, name).await?;
        let overview = engine.overview(&actor, org).await?;
        let base = super::one(org, name);
        let zone = TimeZone::get(view.schedule.zone.as_str()).unwrap_or(TimeZone::UTC);
        let from = |before: Option<&str>| {
            link(&base, [("outcome", query.outcome.as_deref()), ("before", before)])
        };
        let chosen = query.outcome.as_deref().unwrap_or_default();
        let choice = |outcome: &Outcome| Choice {
            value: outcome.as_str(),
            label: capitalised(outcome.as_str()),
            is_chosen: chosen == outcome.as_str(),
        };
        Ok(Self {
            all: super::all(org),
            here: from(query.before.as_deref()),
            newest: query.before.as_ref().map(|_| from(None)),
            older: runs.next.as_deref().map(|next| from(Some(next))),
            name: name.to_owned(),
            status: status(&view),
            facts: facts(&view),
            cron: view.schedule.cron.to_string(),
            is_paused: view.schedule.paused,
            may_change: may_change(&seat, &view),
            next: view.next.iter().map(|it| (when(it.at), there(it.at, &zone))).collect(),
            outcomes: Outcome::ALL.iter().map(choice).collect(),
            is_narrowed: !chosen.is_empty(),
            runs: runs.items.iter().map(RunRow::of).collect(),
            shell: seat.shell(&overview, (Nav::Schedules, name.to_owned())).await?,
            base,
            said,
        })
    }
}

fn facts(view: &ScheduleView) -> Vec<(&'static str, String)> {
    let schedule = &view.schedule;
    vec![
        ("Does", format!("{} {}", action(schedule.action), targets(&schedule.targets))),
        ("When", format!("{} ({})", capitalised(&view.in_words), schedule.zone)),
        ("Makes up for what it missed", typed::late_in_words(schedule.catch_up)),
        ("On behalf of", who(&schedule.created_by.to_string())),
        ("Made", format!("{} (UTC)", moment(schedule.created_at))),
    ]
}
