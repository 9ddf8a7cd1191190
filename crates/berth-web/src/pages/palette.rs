//! `/organisations/{org}/palette`: tenants, pages and what can be done, found by what is typed. Scripts get
//! the entries, everybody else a page with the same links.

mod entry;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use berth_domain::access::Right::Read;
use berth_engine::request::TenantFilter;
use berth_engine::view::TenantView;
use http::HeaderMap;
use serde::Deserialize;

use super::action::Actions;
use super::form::filled;
use super::gate::is_by_script;
use super::html::page;
use super::shell::{Nav, Seat, Shell};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::routes::Route;
use entry::{Entry, Group, matches, pages};

/// How many tenants are found at once.
const TENANTS: u32 = 8;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::page("GET", "/organisations/{org}/palette", Read, get(show), "palette_page")]
}

/// What is typed, and where.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    q: Option<String>,
    /// The tenant of the page on which it is typed.
    open: Option<String>,
}

/// What was found.
#[derive(Debug, Template)]
#[template(path = "palette.html", blocks = ["found"])]
struct PalettePage {
    shell: Shell,
    typed: String,
    groups: Vec<Group>,
}

/// Finds it.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let typed = filled(query.q).unwrap_or_default();
    let overview = seat.context.engine.overview(&seat.context.actor, &org).await?;
    let mut groups = Vec::new();
    if let Some(open) = filled(query.open) {
        groups.extend(of_open(&seat, (&org, &open), &typed).await?);
    }
    groups.extend(tenants(&seat, &org, &typed).await?);
    let shell = seat.shell(&overview, (Nav::Fleet, "Search".to_owned())).await?;
    let found = pages(&shell).into_iter().filter(|entry| matches(&entry.label, &typed));
    groups.push(Group { name: "Pages".to_owned(), entries: found.collect() });
    groups.retain(|group| !group.entries.is_empty());
    entry::number(&mut groups);
    let palette = PalettePage { shell, typed, groups };
    if is_by_script(&headers) {
        return page(&palette.as_found());
    }
    page(&palette)
}

/// What can be done to the tenant of the page on which it is typed.
async fn of_open(
    seat: &Seat,
    (org, open): (&str, &str),
    typed: &str,
) -> Result<Option<Group>, ApiError> {
    let found = find(seat, org, open).await?;
    let Some(view) = found.iter().find(|view| view.tenant.name.as_str() == open) else {
        return Ok(None);
    };
    let entries = actions(seat, org, view).into_iter().filter(|it| matches(&it.label, typed));
    Ok(Some(Group { name: format!("Do to {open}"), entries: entries.collect() }))
}

/// Tenants of that name; after a verb, what is to be done to them.
async fn tenants(seat: &Seat, org: &str, typed: &str) -> Result<Vec<Group>, ApiError> {
    let found = find(seat, org, typed).await?;
    let entries = found.iter().map(|view| Entry::tenant(org, view)).collect();
    let mut groups = vec![Group { name: "Tenants".to_owned(), entries }];
    if let Some((verb, name)) = typed.split_once(' ') {
        let found = find(seat, org, name.trim()).await?;
        let done = found.iter().flat_map(|view| actions(seat, org, view));
        let is_meant = |it: &Entry| {
            let first = it.label.split(' ').next().unwrap_or_default();
            !verb.is_empty() && first.to_lowercase().starts_with(&verb.to_lowercase())
        };
        let entries = done.filter(is_meant).collect();
        groups.push(Group { name: "Actions".to_owned(), entries });
    }
    Ok(groups)
}

async fn find(seat: &Seat, org: &str, text: &str) -> Result<Vec<TenantView>, ApiError> {
    let filter = TenantFilter {
        text: filled(Some(text.to_owned())),
        limit: Some(TENANTS),
        ..TenantFilter::default()
    };
    Ok(seat.context.engine.tenants(&seat.context.actor, org, &filter).await?.tenants)
}

fn actions(seat: &Seat, org: &str, view: &TenantView) -> Vec<Entry> {
    let Actions { tenant, base, choices, .. } = Actions::of(seat, org, &view.tenant);
    let entry = |choice: super::action::Choice| Entry {
        icon: choice.icon,
        ..Entry::page(format!("{base}/{}", choice.key), format!("{} {tenant}", choice.label))
    };
    choices.into_iter().map(entry).collect()
}
