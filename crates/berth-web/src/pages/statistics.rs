//! `/organisations/{org}/tenants/{name}/charts`: what a tenant used, as curves.
//!
//! The page of the tenant takes the block in by itself; without a script it is a page of its own.

pub(super) mod figure;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use berth_domain::access::Right::Read;
use berth_domain::statistics::Range;
use berth_engine::view::StatisticsView;
use http::HeaderMap;
use serde::Deserialize;

use super::gate::is_by_script;
use super::html::page;
use super::shell::{Nav, Seat, Shell};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::routes::Route;
use figure::Figure;

const CHARTS: &str = "/organisations/{org}/tenants/{name}/charts";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::page("GET", CHARTS, Read, get(show), "charts_page")]
}

/// How far back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    range: Option<String>,
}

/// What a tenant used.
#[derive(Debug, Template)]
#[template(path = "charts.html", blocks = ["charts"])]
struct ChartsPage {
    shell: Shell,
    name: String,
    /// Where the block is read again.
    here: String,
    /// `Last 24 hours`.
    title: &'static str,
    ranges: Vec<Choice>,
    figures: Vec<Figure>,
    /// Whether nothing at all is known of that time.
    is_empty: bool,
}

/// One of the times that one may look back.
#[derive(Debug)]
struct Choice {
    label: &'static str,
    link: String,
    is_chosen: bool,
}

/// Shows what a tenant used, or for scripts the block of curves.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<(String, String)>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let range = query.range.as_deref().filter(|range| !range.is_empty());
    let view = engine.tenant_statistics(&actor, &org, &name, range).await?;
    let overview = engine.overview(&actor, &org).await?;
    let title = format!("What {} uses", view.tenant);
    let shell = seat.shell(&overview, (Nav::Fleet, title)).await?;
    let charts = ChartsPage::of(&view, shell);
    if is_by_script(&headers) {
        return page(&charts.as_charts());
    }
    page(&charts)
}

impl ChartsPage {
    fn of(view: &StatisticsView, shell: Shell) -> Self {
        let all = format!("/organisations/{}/tenants/{}/charts", shell.organisation, view.tenant);
        let choice = |range: Range| Choice {
            label: match range {
                Range::Hour => "1 h",
                Range::Day => "24 h",
                Range::Week => "7 d",
            },
            link: format!("{all}?range={}", range.as_str()),
            is_chosen: range == view.range,
        };
        Self {
            name: view.tenant.to_string(),
            here: format!("{all}?range={}", view.range.as_str()),
            title: match view.range {
                Range::Hour => "Last hour",
                Range::Day => "Last 24 hours",
                Range::Week => "Last 7 days",
            },
            ranges: Range::ALL.map(choice).into(),
            figures: figure::all(view),
            is_empty: view.samples.is_empty(),
            shell,
        }
    }
}

#[cfg(test)]
mod tests;
