//! `/organisations/{org}/tenants/{name}/modules`: the modules of a tenant, and what can be done with them.
//!
//! # Invariants
//!
//! * What whoever wrote a module says of it is shown as text.
//! * A database that cannot be read leaves a page that says so.

mod confirm;
mod query;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use berth_domain::ModuleState;
use berth_domain::access::Right;
use berth_engine::view::{KnownTenant, ModuleView, ModulesView};
use berth_engine::{EngineError, Kind};
use http::{HeaderMap, StatusCode};

use super::TenantPath;
use super::frame::{Frame, Page, base};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::fleet::Choice;
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_with};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{Status, capitalised};

use confirm::Deed;
pub(super) use confirm::routes;
pub(crate) use query::Query;

/// The modules of a tenant.
#[derive(Debug, Template)]
#[template(path = "tenant_modules.html", blocks = ["top"])]
struct ModulesPage {
    shell: Shell,
    frame: Frame,
    text: String,
    wanted: Vec<Choice>,
    is_narrowed: bool,
    /// Why there are none to see.
    problem: Option<String>,
    /// What is at work on the tenant meanwhile.
    operation: Option<String>,
    said: Vec<String>,
    rows: Vec<Row>,
    /// How many are installed, of how many the image has another version, how many match.
    installed: usize,
    outdated: usize,
    matching: usize,
    /// What can be done with those that are chosen.
    deeds: Vec<Offer>,
    first: Option<String>,
    next: Option<String>,
}

/// One module.
#[derive(Debug)]
struct Row {
    name: String,
    title: String,
    summary: String,
    author: String,
    status: Status,
    installed: String,
    available: String,
    is_outdated: bool,
    is_application: bool,
}

/// Something that can be done with several modules.
#[derive(Debug)]
struct Offer {
    label: &'static str,
    link: String,
    icon: &'static str,
    is_grave: bool,
}

/// What came of looking.
struct Found {
    view: Option<ModulesView>,
    problem: Option<String>,
    said: Vec<String>,
}

/// Shows modules.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    // The frame alone is fetched again when something changes.
    let is_part = is_by_script(&headers);
    let found = if is_part {
        Found { view: None, problem: None, said: Vec::new() }
    } else {
        look(engine.known_modules(&actor, &org, &name, &query.request()).await)?
    };
    let shown = ModulesPage::of(seat, (&org, &known), (&query, found)).await?;
    if is_part {
        return page(&shown.as_top());
    }
    let status =
        if shown.said.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(status, &shown)
}

/// What is found, or why nothing is.
fn look(found: Result<ModulesView, EngineError>) -> Result<Found, ApiError> {
    match found {
        Ok(view) => Ok(Found { view: Some(view), problem: None, said: Vec::new() }),
        Err(EngineError::Invalid(problems)) => {
            let said =
                problems.0.iter().map(|it| format!("{}: {}", capitalised(&it.field), it.message));
            Ok(Found { view: None, problem: None, said: said.collect() })
        }
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::Unavailable) => {
            let problem = format!("{}.", capitalised(&berth_domain::chain(&error)));
            Ok(Found { view: None, problem: Some(problem), said: Vec::new() })
        }
        Err(error) => Err(error.into()),
    }
}

impl ModulesPage {
    async fn of(
        seat: Seat,
        (org, known): (&str, &KnownTenant),
        (query, found): (&Query, Found),
    ) -> Result<Self, ApiError> {
        let tenant = &known.tenant.tenant;
        let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
        let title = format!("Modules of {}", tenant.name);
        let here = format!("{}/modules", base(org, tenant.name.as_str()));
        let counts = found.view.as_ref().map(|view| (view.installed, view.outdated, view.matching));
        let (installed, outdated, matching) = counts.unwrap_or_default();
        let listing = found.view.map(|view| view.listing);
        let next = listing.as_ref().and_then(|listing| listing.next.clone());
        let can_change = tenant.state.operation().is_none();
        let deeds = Deed::ALL
            .into_iter()
            .filter(|deed| can_change && query.lists(deed.takes_installed()) && deed.may(&seat));
        let deeds = deeds.map(|deed| Offer::of(deed, &here)).collect();
        Ok(Self {
            frame: Frame::of(&known.tenant, (org, &seat), Page::Modules),
            shell: seat.shell(&overview, (Nav::Fleet, title)).await?,
            text: query.text().to_owned(),
            wanted: query.wanted(),
            is_narrowed: query.is_narrowed(),
            problem: found.problem,
            operation: tenant.state.operation().map(|id| id.to_string()),
            said: found.said,
            rows: listing.map(|listing| listing.items).into_iter().flatten().map(Row::of).collect(),
            installed,
            outdated,
            matching,
            deeds,
            first: query.is_further().then(|| query.link(&here, None)),
            next: next.map(|next| query.link(&here, Some(&next))),
        })
    }
}

impl Row {
    fn of(view: ModuleView) -> Self {
        let version = |version: Option<String>| version.unwrap_or_else(|| "–".to_owned());
        let name = view.name.to_string();
        Self {
            title: if view.title.is_empty() { name.clone() } else { view.title },
            name,
            summary: view.summary,
            author: view.author,
            status: status(view.state),
            installed: version(view.installed),
            available: version(view.available),
            is_outdated: view.is_outdated,
            is_application: view.is_application,
        }
    }
}

/// How a module stands.
fn status(state: ModuleState) -> Status {
    let (shape, word) = match state {
        ModuleState::Installed => ("ok", "Installed"),
        ModuleState::Uninstalled => ("idle", "Not installed"),
        ModuleState::Uninstallable => ("idle", "Cannot be installed"),
        ModuleState::ToInstall => ("warn", "Half installed"),
        ModuleState::ToUpgrade => ("warn", "Half upgraded"),
        ModuleState::ToRemove => ("warn", "Half uninstalled"),
    };
    Status::new(shape, word)
}

impl Offer {
    fn of(deed: Deed, here: &str) -> Self {
        Self {
            label: deed.verb(),
            link: format!("{here}/{}", deed.key()),
            icon: deed.icon(),
            is_grave: deed.right() == Right::Administer,
        }
    }
}
