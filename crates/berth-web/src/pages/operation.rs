//! `/organisations/{org}/operations/{id}`: one operation, as it goes on.

use askama::Template;
use axum::response::Response;
use berth_domain::Timestamp;
use berth_engine::view::{OperationView, StepView};
use http::HeaderMap;

use super::gate::is_by_script;
use super::html::{page, see_other};
use super::shell::{Nav, Seat, Shell};
use super::words::{Status, ago, capitalised, deed, lasted, moment};
use crate::error::ApiError;
use crate::extract::At;

/// An operation.
#[derive(Debug, Template)]
#[template(path = "operation.html", blocks = ["live"])]
struct OperationPage {
    shell: Shell,
    here: String,
    id: String,
    kind: String,
    target: String,
    status: Status,
    /// In hundredths. `None` before it began and after its end.
    percent: Option<u32>,
    doing: String,
    error: Option<String>,
    elapsed: String,
    by: String,
    begun: String,
    steps: Vec<Step>,
    is_at_rest: bool,
}

/// Sends a browser to an operation that was begun.
pub(crate) fn to_operation(org: &str, id: &str) -> Response {
    see_other(&format!("/organisations/{org}/operations/{id}"))
}

/// One step of it.
#[derive(Debug)]
struct Step {
    status: Status,
    name: String,
    lasted: String,
    is_now: bool,
    is_to_come: bool,
}

/// Shows an operation, or for scripts the part that changes.
pub(crate) async fn show(
    seat: Seat,
    At((org, id)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let view = engine.operation(&actor, &org, &id).await?;
    let overview = engine.overview(&actor, &org).await?;
    let now = engine.now();
    let kind = deed(view.kind).to_owned();
    let title = format!("{kind} {}", view.target);
    let shell = seat.shell(&overview, (Nav::Operations, title)).await?;
    let operation = OperationPage::of(view, (kind, shell), (&org, now));
    if is_by_script(&headers) {
        return page(&operation.as_live());
    }
    page(&operation)
}

impl OperationPage {
    fn of(
        view: OperationView,
        (kind, shell): (String, Shell),
        (org, now): (&str, Timestamp),
    ) -> Self {
        let is_at_rest = view.state.is_at_rest();
        let end = view.finished_at.unwrap_or(now);
        let (permille, doing) = view.progress.unzip();
        Self {
            here: format!("/organisations/{org}/operations/{}", view.id),
            id: view.id.to_string(),
            kind,
            target: view.target,
            status: Status::of_operation(view.state),
            percent: permille.filter(|_| !is_at_rest).map(|permille| permille / 10),
            doing: doing.map(|text| capitalised(&text)).unwrap_or_default(),
            error: view.error,
            elapsed: view.started_at.map_or_else(|| "not begun".to_owned(), |at| lasted(at, end)),
            by: view.created_by,
            begun: format!("{}, {}", moment(view.created_at), ago(view.created_at, now)),
            steps: view.steps.iter().map(|step| Step::of(step, now)).collect(),
            is_at_rest,
            shell,
        }
    }
}

impl Step {
    fn of(step: &StepView, now: Timestamp) -> Self {
        let shape = match step.state {
            "done" => "ok",
            "running" => "running",
            "failed" | "undo failed" => "error",
            "undone" => "idle",
            _ => "pending",
        };
        let end = step.finished_at.unwrap_or(now);
        Self {
            status: Status::new(shape, capitalised(step.state)),
            name: capitalised(&step.name.replace('_', " ")),
            lasted: step.started_at.map(|start| lasted(start, end)).unwrap_or_default(),
            is_now: step.state == "running",
            is_to_come: step.state == "waiting",
        }
    }
}
