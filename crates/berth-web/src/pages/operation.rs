//! `/organisations/{org}/operations/{id}`: one operation, as it goes on, and what it can be told.

mod log;
mod step;
mod tell;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use berth_domain::Timestamp;
use berth_domain::access::Right;
use berth_domain::operation::OperationState;
use berth_engine::view::{OperationInFull, TookView};
use http::HeaderMap;

use super::action::Actions;
use super::gate::is_by_script;
use super::html::{page, see_other};
use super::shell::{Nav, Seat, Shell};
use super::words::{Status, ago, capitalised, deed, lasted, moment, span, who};
use crate::error::ApiError;
use crate::extract::At;
use crate::routes::Route;
use log::Line;
use step::Step;

/// `{org}` and `{id}` of a path.
type OperationPath = (String, String);

/// An operation.
#[derive(Debug, Template)]
#[template(path = "operation.html", blocks = ["live"])]
struct OperationPage {
    shell: Shell,
    here: String,
    id: String,
    /// `Start acme`.
    title: String,
    status: Status,
    /// In hundredths. `None` before it began and after its end.
    percent: Option<u32>,
    doing: String,
    error: Option<String>,
    elapsed: String,
    /// How long others like it took, and how many were looked at.
    usual: Option<String>,
    by: String,
    begun: String,
    /// Who told it what since.
    told: Vec<String>,
    /// For how long whoever carries it out may go on, if nothing more is heard of them.
    lease: Option<String>,
    /// It was taken up again, after whoever carried it out had ended.
    was_taken_up: bool,
    steps: Vec<Step>,
    log: Vec<Line>,
    is_at_rest: bool,
    /// When the page looks again. Empty: nothing will change any more.
    looks: &'static str,
    /// It did all that it promised.
    is_done: bool,
    /// What its tenant is called now.
    tenant: Option<String>,
    actions: Actions,
    /// What may be told later, where nothing may be told now.
    hint: &'static str,
}

/// The page, and those on which it is told something.
pub(super) fn routes() -> Vec<Route> {
    const ONE: &str = "/organisations/{org}/operations/{id}";
    let mut routes = vec![Route::page("GET", ONE, Right::Read, get(show), "operation_page")];
    routes.extend(tell::routes());
    routes
}

/// Sends a browser to an operation that was begun.
pub(crate) fn to_operation(org: &str, id: &str) -> Response {
    see_other(&format!("/organisations/{org}/operations/{id}"))
}

/// Shows an operation, or for scripts the part that changes.
async fn show(
    seat: Seat,
    At((org, id)): At<OperationPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let full = engine.operation_in_full(&actor, &org, &id).await?;
    let usual = engine.took(&actor, &org, full.view.kind).await?;
    let overview = engine.overview(&actor, &org).await?;
    let actions = Actions::of_operation(&seat, &org, &full.view);
    let title = format!("{} {}", deed(full.view.kind), full.view.target);
    let shell = seat.shell(&overview, (Nav::Operations, title)).await?;
    let operation = OperationPage::of(full, (shell, actions), (usual, engine.now()));
    if is_by_script(&headers) {
        return page(&operation.as_live());
    }
    page(&operation)
}

impl OperationPage {
    fn of(
        full: OperationInFull,
        (shell, actions): (Shell, Actions),
        (usual, now): (Option<TookView>, Timestamp),
    ) -> Self {
        let OperationInFull { view, tries, told, events, lease_until, tenant } = full;
        let is_at_rest = view.state.is_at_rest();
        let end = view.finished_at.unwrap_or(now);
        let (permille, doing) = view.progress.filter(|_| !is_at_rest).unzip();
        Self {
            here: actions.base.clone(),
            id: view.id.to_string(),
            title: shell.title.clone(),
            status: Status::of_operation(view.state),
            percent: permille.map(|permille| permille / 10),
            doing: doing.map(|text| capitalised(&text)).unwrap_or_default(),
            error: view.error.as_deref().map(capitalised),
            elapsed: view.started_at.map_or_else(|| "not begun".to_owned(), |at| lasted(at, end)),
            usual: usual.map(usually),
            by: who(&view.created_by),
            begun: format!("{}, {}", moment(view.created_at), ago(view.created_at, now)),
            told: told.iter().map(|it| step::told(it, now)).collect(),
            lease: lease_until.map(|until| lasted(now, until)),
            was_taken_up: tries.iter().any(step::is_taken_up) && !view.steps.is_empty(),
            steps: view.steps.iter().map(|it| Step::of(it, &tries, now)).collect(),
            log: events.iter().filter_map(Line::of).collect(),
            looks: looks(view.state),
            is_done: view.state == OperationState::Done,
            tenant: tenant.map(|name| name.to_string()),
            hint: hint(is_at_rest, &actions),
            is_at_rest,
            actions,
            shell,
        }
    }
}

/// `about 3.2 s, median of the last 20`.
pub(super) fn usually(TookView { count, median, .. }: TookView) -> String {
    let others = if count == 1 {
        "as the last one".to_owned()
    } else {
        format!("median of the last {count}")
    };
    format!("about {}, {others}", span(median))
}

/// What is stuck rests until somebody tells it what to do.
fn looks(state: OperationState) -> &'static str {
    match state {
        OperationState::Done | OperationState::Undone => "",
        OperationState::Stuck => "changed from:#app",
        OperationState::Queued | OperationState::Running | OperationState::Undoing => {
            "changed from:#app, every 2s"
        }
    }
}

fn hint(is_at_rest: bool, actions: &Actions) -> &'static str {
    match (is_at_rest, actions.choices.is_empty()) {
        (true, _) => "",
        (false, true) => {
            "It can only be finished now: it is past the point of no return, or not yours to stop."
        }
        (false, false) => "Cancel lets the step that is at work end, and takes back what was done.",
    }
}

#[cfg(test)]
mod tests;
