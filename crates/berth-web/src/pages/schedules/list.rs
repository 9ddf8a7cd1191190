//! All schedules of an organisation.

use askama::Template;
use axum::response::Response;
use berth_domain::access::Right;
use berth_engine::request::PageRequest;
use http::HeaderMap;
use serde::Deserialize;

use super::row::Row;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::form::filled;
use crate::pages::html::page_or_part;
use crate::pages::link::link;
use crate::pages::shell::{Nav, Seat, Shell};

/// How many a page has.
const PAGE: u32 = 50;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    after: Option<String>,
}

/// The schedules.
#[derive(Debug, Template)]
#[template(path = "schedules.html", blocks = ["live"])]
struct SchedulesPage {
    shell: Shell,
    here: String,
    may_make: bool,
    rows: Vec<Row>,
    first: Option<String>,
    next: Option<String>,
}

/// Lists them by name, or for scripts the part that changes.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let after = filled(query.after);
    let request = PageRequest { after: after.clone(), limit: Some(PAGE), sort: None };
    let listed = engine.schedules_with_last_run(&actor, &org, &request).await?;
    let overview = engine.overview(&actor, &org).await?;
    let all = super::all(&org);
    let from = |after: &str| link(&all, [("after", Some(after))]);
    let shown = SchedulesPage {
        here: after.as_deref().map_or_else(|| all.clone(), from),
        may_make: seat.may(Right::Operate),
        rows: listed.items.iter().map(Row::of).collect(),
        first: after.as_ref().map(|_| all.clone()),
        next: listed.next.as_deref().map(from),
        shell: seat.shell(&overview, (Nav::Schedules, "Schedules".to_owned())).await?,
    };
    page_or_part(&headers, &shown, &shown.as_live())
}
