//! `/organisations/{org}/audit` and `/audit`: who did what.

mod row;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use berth_domain::access::Right::{Audit, Installation};
use berth_domain::audit::{ObjectKind, Outcome};
use berth_engine::EngineError;
use berth_engine::request::AuditFilter;
use berth_engine::view::{AuditEntry, Listing};
use http::StatusCode;
use serde::Deserialize;

use super::fleet::Choice;
use super::form::filled;
use super::html::page_with;
use super::link::link;
use super::said::Said;
use super::shell::{Nav, Seat, Shell};
use super::words::capitalised;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::routes::Route;
use row::Row;

/// How many entries a page has, and how many are taken away at once.
const PAGE: u32 = 50;
const TAKEN: &str = "1000";

/// The pages of what was done.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::page("GET", "/organisations/{org}/audit", Audit, get(of_organisation), "audit_page"),
        Route::page("GET", "/audit", Installation, get(of_installation), "installation_audit_page"),
    ]
}

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    actor: Option<String>,
    action: Option<String>,
    kind: Option<String>,
    object: Option<String>,
    outcome: Option<String>,
    since: Option<String>,
    until: Option<String>,
    before: Option<String>,
}

/// Who did what.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    /// The path of this page.
    here: String,
    is_installation: bool,
    query: Query,
    kinds: Vec<Choice>,
    outcomes: Vec<Choice>,
    rows: Vec<Row>,
    download: String,
    next: Option<String>,
    first: Option<String>,
    said: Said,
}

/// What was done in an organisation, newest first.
pub(crate) async fn of_organisation(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    let overview = seat.context.engine.overview(&seat.context.actor, &org).await?;
    let found = look(&seat, Some(&org), &query).await?;
    let shell = seat.shell(&overview, (Nav::Audit, "Audit".to_owned())).await?;
    show(shell, Some(&org), (query, found))
}

/// What was done to the installation itself, newest first.
pub(crate) async fn of_installation(
    seat: Seat,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    let found = look(&seat, None, &query).await?;
    let shell = seat.shell_of_installation((Nav::InstallationAudit, "Audit".to_owned())).await?;
    show(shell, None, (query, found))
}

/// What is found, or what is wrong with how it is asked for.
async fn look(
    seat: &Seat,
    org: Option<&str>,
    query: &Query,
) -> Result<Result<Listing<AuditEntry>, Said>, ApiError> {
    match seat.context.engine.audit(&seat.context.actor, org, &query.filter()).await {
        Ok(listing) => Ok(Ok(listing)),
        Err(error @ EngineError::Invalid(_)) => Said::of(error).map(Err),
        Err(error) => Err(error.into()),
    }
}

fn show(
    shell: Shell,
    org: Option<&str>,
    (query, found): (Query, Result<Listing<AuditEntry>, Said>),
) -> Result<Response, ApiError> {
    let here = org.map_or_else(|| "/audit".to_owned(), |org| format!("/organisations/{org}/audit"));
    let status = if found.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (listing, said) = match found {
        Ok(listing) => (listing, Said::default()),
        Err(said) => (Listing { items: Vec::new(), next: None }, said),
    };
    let audit = AuditPage {
        kinds: choices(ObjectKind::ALL, query.kind.as_deref(), ObjectKind::as_str),
        outcomes: choices(Outcome::ALL, query.outcome.as_deref(), Outcome::as_str),
        rows: listing.items.into_iter().map(Row::of).collect(),
        download: query.link(&format!("/api/v1{here}"), &[("limit", Some(TAKEN))]),
        next: listing.next.as_deref().map(|next| query.link(&here, &[("before", Some(next))])),
        first: query.before.as_ref().map(|_| query.link(&here, &[])),
        is_installation: org.is_none(),
        here,
        query,
        said,
        shell,
    };
    page_with(status, &audit)
}

fn choices<T: Copy>(all: &[T], chosen: Option<&str>, name: fn(T) -> &'static str) -> Vec<Choice> {
    let of = |one: &T| Choice {
        value: name(*one),
        label: capitalised(name(*one)),
        is_chosen: chosen == Some(name(*one)),
    };
    all.iter().map(of).collect()
}

impl Query {
    fn filter(&self) -> AuditFilter {
        let Self { actor, action, kind, object, outcome, since, until, before } = self.clone();
        AuditFilter {
            actor: filled(actor),
            action: filled(action),
            kind: filled(kind),
            object: filled(object),
            outcome: filled(outcome),
            since: filled(since),
            until: filled(until),
            before: filled(before),
            limit: Some(PAGE),
        }
    }

    fn is_narrowed(&self) -> bool {
        let filter = AuditFilter { before: None, limit: None, ..self.filter() };
        filter != AuditFilter::default()
    }

    /// Where the same is found, from somewhere on.
    fn link(&self, path: &str, more: &[(&str, Option<&str>)]) -> String {
        let own = [
            ("actor", self.actor.as_deref()),
            ("action", self.action.as_deref()),
            ("kind", self.kind.as_deref()),
            ("object", self.object.as_deref()),
            ("outcome", self.outcome.as_deref()),
            ("since", self.since.as_deref()),
            ("until", self.until.as_deref()),
        ];
        link(path, own.into_iter().chain(more.iter().copied()))
    }

    fn text(&self, field: &str) -> &str {
        let value = match field {
            "actor" => &self.actor,
            "action" => &self.action,
            "object" => &self.object,
            "since" => &self.since,
            _ => &self.until,
        };
        value.as_deref().unwrap_or_default()
    }
}
