//! `/organisations/{org}/operations`: what was done, is done and waits.

use askama::Template;
use axum::response::Response;
use berth_domain::Timestamp;
use berth_domain::operation::{OperationKind, OperationState};
use berth_engine::EngineError;
use berth_engine::request::OperationFilter;
use berth_engine::view::{OperationPage, OperationView};
use http::HeaderMap;
use serde::Deserialize;

use super::action::Actions;
use super::fleet::Choice;
use super::form::filled;
use super::gate::is_by_script;
use super::html::page;
use super::link::link;
use super::shell::{Nav, Seat, Shell};
use super::words::{Status, ago, capitalised, deed, lasted, who};
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// How many operations a page has.
const PAGE: u32 = 50;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    state: Option<String>,
    kind: Option<String>,
    tenant: Option<String>,
    before: Option<String>,
}

impl Query {
    /// Whether the list is narrowed to some.
    fn is_narrowed(&self) -> bool {
        let all = [&self.state, &self.kind, &self.tenant];
        all.into_iter().any(|field| field.as_deref().is_some_and(|text| !text.is_empty()))
    }

    /// The same list from another place on.
    fn link(&self, org: &str, before: Option<&str>) -> String {
        let fields = [
            ("state", self.state.as_deref()),
            ("kind", self.kind.as_deref()),
            ("tenant", self.tenant.as_deref()),
            ("before", before),
        ];
        link(&format!("/organisations/{org}/operations"), fields)
    }
}

/// The operations.
#[derive(Debug, Template)]
#[template(path = "operations.html", blocks = ["live"])]
struct OperationsPage {
    shell: Shell,
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    tenant: String,
    /// Whether the list is narrowed to some.
    is_narrowed: bool,
    rows: Vec<Row>,
    here: String,
    next: Option<String>,
    first: Option<String>,
}

/// One of them, worded.
#[derive(Debug)]
struct Row {
    id: String,
    kind: String,
    target: String,
    /// Whether the target is a tenant, which has a page of its own.
    is_tenant: bool,
    status: Status,
    text: String,
    by: String,
    begun: String,
    lasted: String,
    actions: Actions,
}

/// Lists the operations, newest first.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let filter = OperationFilter {
        state: filled(query.state.clone()),
        kind: filled(query.kind.clone()),
        tenant: filled(query.tenant.clone()),
        before: filled(query.before.clone()),
        limit: Some(PAGE),
        ..OperationFilter::default()
    };
    let listed = match engine.operations(&actor, &org, &filter).await {
        // Of a tenant that is not there, or not any more, there is none that could be asked for so.
        Err(EngineError::NoSuchTenant(_)) => OperationPage { operations: Vec::new(), next: None },
        listed => listed?,
    };
    let overview = engine.overview(&actor, &org).await?;
    let now = engine.now();
    let rows = listed.operations.iter();
    let rows = rows.map(|view| Row::of(view, Actions::of_operation(&seat, &org, view), now));
    let operations = OperationsPage {
        states: states(query.state.as_deref()),
        kinds: kinds(query.kind.as_deref()),
        is_narrowed: query.is_narrowed(),
        rows: rows.collect(),
        here: query.link(&org, query.before.as_deref()),
        next: listed.next.as_deref().map(|next| query.link(&org, Some(next))),
        first: query.before.as_ref().map(|_| query.link(&org, None)),
        tenant: query.tenant.unwrap_or_default(),
        shell: seat.shell(&overview, (Nav::Operations, "Operations".to_owned())).await?,
    };
    if is_by_script(&headers) {
        return page(&operations.as_live());
    }
    page(&operations)
}

fn states(chosen: Option<&str>) -> Vec<Choice> {
    let of = |state: &OperationState| Choice {
        value: state.as_str(),
        label: capitalised(state.as_str()),
        is_chosen: chosen == Some(state.as_str()),
    };
    OperationState::ALL.iter().map(of).collect()
}

fn kinds(chosen: Option<&str>) -> Vec<Choice> {
    let of = |kind: &OperationKind| Choice {
        value: kind.as_str(),
        label: deed(*kind).to_owned(),
        is_chosen: chosen == Some(kind.as_str()),
    };
    OperationKind::ALL.iter().map(of).collect()
}

impl Row {
    fn of(view: &OperationView, actions: Actions, now: Timestamp) -> Self {
        let text = view.error.clone().or_else(|| {
            let progress = view.progress.as_ref().filter(|_| !view.state.is_at_rest());
            progress.map(|(permille, text)| format!("{text}, {} %", permille / 10))
        });
        let end = view.finished_at.unwrap_or(now);
        Self {
            id: view.id.to_string(),
            kind: deed(view.kind).to_owned(),
            target: view.target.clone(),
            is_tenant: view.kind != OperationKind::Demo,
            status: Status::of_operation(view.state),
            text: text.as_deref().map(capitalised).unwrap_or_default(),
            by: who(&view.created_by),
            begun: ago(view.created_at, now),
            lasted: view.started_at.map(|start| lasted(start, end)).unwrap_or_default(),
            actions,
        }
    }
}
