//! `/organisations/{org}/tenants`: all tenants of an organisation.

mod query;
mod row;
mod strip;
mod usage;

use askama::Template;
use axum::response::Response;
use berth_domain::{Stage, TenantName};
use berth_engine::view::TenantView;
use http::HeaderMap;

use super::action::{self, for_many};
use super::gate::is_by_script;
use super::html::page;
use super::shell::{Nav, Seat, Shell};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use query::Query;
use row::{Look, Row};
pub(super) use row::{Progress, helps};
use strip::Strip;
use usage::Usage;

/// The fleet.
#[derive(Debug, Template)]
#[template(path = "fleet.html", blocks = ["live"])]
struct FleetPage {
    shell: Shell,
    strip: Strip,
    query: Query,
    stages: Vec<Choice>,
    states: Vec<Choice>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// What can be done to several of them at once.
    bulk: Vec<action::Choice>,
    /// Where this page of the list is read again, by scripts.
    here: String,
    next: Option<String>,
    first: Option<String>,
    /// This page with all tenants on it chosen, for whoever has no scripts.
    all: String,
    /// It is for a script, which is sent what stands around the list as well.
    is_part: bool,
}

/// One of several that a list can be narrowed to.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A heading that sorts.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) label: &'static str,
    /// Hides the column when there is less room: `p1` to `p4` or nothing.
    pub(super) class: &'static str,
    /// Where a click leads. `None`: it does not sort.
    pub(super) link: Option<String>,
    /// `ascending`, `descending` or nothing.
    pub(super) sorted: &'static str,
}

/// Shows the fleet, or for scripts the part of it that changes.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let fleet = engine.fleet(&actor, &org, &query.filter()).await?;
    let overview = engine.overview(&actor, &org).await?;
    let now = engine.now();
    let look = Look { seat: &seat, org: &org, operations: &fleet.operations, now };
    let names: Vec<TenantName> =
        fleet.page.tenants.iter().map(|view| view.tenant.name.clone()).collect();
    let used = engine.fleet_statistics(&actor, &org, &names).await?;
    let row = |view: &TenantView| {
        let used = used.get(&view.tenant.name).map_or(&[][..], Vec::as_slice);
        Row::of(view, Usage::of(used, view.tenant.limits, now), &look)
    };
    let rows: Vec<Row> = fleet.page.tenants.iter().map(row).collect();
    let page_of_fleet = FleetPage {
        strip: Strip::of(&overview),
        stages: stages(&query),
        states: query.states(&overview),
        columns: query.columns(&org),
        bulk: for_many(rows.iter().map(|row| &row.actions)),
        rows,
        here: query.here(&org),
        next: fleet.page.next.as_deref().map(|next| query.link(&org, Some(next))),
        all: query.picking(&org),
        first: query.after().map(|_| query.link(&org, None)),
        query,
        is_part: is_by_script(&headers),
        shell: seat.shell(&overview, (Nav::Fleet, "Fleet".to_owned())).await?,
    };
    if is_by_script(&headers) {
        return page(&page_of_fleet.as_live());
    }
    page(&page_of_fleet)
}

fn stages(query: &Query) -> Vec<Choice> {
    let of = |stage: Stage| Choice {
        value: stage.as_str(),
        label: super::words::capitalised(stage.as_str()),
        is_chosen: query.stage() == Some(stage.as_str()),
    };
    Stage::ALL.into_iter().map(of).collect()
}
