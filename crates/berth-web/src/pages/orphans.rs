//! `/orphans`: what is there and belongs to nobody.
//!
//! # Invariants
//!
//! * The page shows what the last look found, and how long ago that was. Only whoever presses a button waits
//!   for the container engine.
//! * A tenant is made of what is left of one by whoever says what it is to be, and by nobody else.
//! * What is removed was chosen, each by its name, on a page and confirmed on another.

mod adopt;
mod remove;
mod row;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right::Installation;
use http::StatusCode;
use serde::Deserialize;

use super::form::{Form, Nothing};
use super::html::{page_with, see_other};
use super::said::Said;
use super::shell::{Nav, Seat, Shell};
use super::words::{ago, capitalised};
use crate::error::ApiError;
use crate::extract::Asked;
use crate::routes::Route;
use row::Row;

const ALL: &str = "/orphans";
const ADOPT: &str = "/orphans/adopt";

/// The pages of what belongs to nobody.
pub(super) fn routes() -> Vec<Route> {
    const LOOK: &str = "/orphans/look";
    const REMOVE: &str = "/orphans/remove";
    vec![
        Route::page("GET", ALL, Installation, get(show), "orphans_page"),
        Route::page("POST", LOOK, Installation, post(look), "look_for_orphans_form").repeats(),
        Route::page("GET", REMOVE, Installation, get(remove::ask), "remove_orphans_page"),
        Route::page("POST", REMOVE, Installation, post(remove::send), "remove_orphans_form"),
        Route::page("GET", ADOPT, Installation, get(adopt::show), "adopt_orphan_page"),
        Route::page("POST", ADOPT, Installation, post(adopt::send), "adopt_orphan_form"),
    ]
}

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Query {
    /// So many were removed just now.
    removed: Option<u32>,
}

/// What belongs to nobody.
#[derive(Debug, Template)]
#[template(path = "orphans.html")]
struct OrphansPage {
    shell: Shell,
    /// How long ago somebody looked. `None`: nobody has yet.
    looked: Option<String>,
    rows: Vec<Row>,
    /// What could not be looked at, and why.
    unseen: Vec<String>,
    removed: Option<u32>,
    said: Said,
}

/// Shows what the last look found.
async fn show(seat: Seat, Asked(query): Asked<Query>) -> Result<Response, ApiError> {
    let shown = OrphansPage::of(seat, query.removed, Said::default()).await?;
    page_with(StatusCode::OK, &shown)
}

/// Looks now. Whoever pressed the button waits for it.
async fn look(seat: Seat, Form(Nothing {}): Form<Nothing>) -> Result<Response, ApiError> {
    seat.context.engine.orphans(&seat.context.actor).await?;
    Ok(see_other(ALL))
}

/// Shows the page with what was wrong.
async fn again(seat: Seat, said: Said) -> Result<Response, ApiError> {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &OrphansPage::of(seat, None, said).await?)
}

impl OrphansPage {
    async fn of(seat: Seat, removed: Option<u32>, said: Said) -> Result<Self, ApiError> {
        let engine = seat.context.engine.clone();
        let (seen, now) = (engine.orphans_seen(&seat.context.actor), engine.now());
        let orphans = seen.as_ref().map(|seen| &seen.found);
        let found = orphans.iter().flat_map(|orphans| &orphans.found);
        let unseen = orphans.iter().flat_map(|orphans| &orphans.unseen);
        Ok(Self {
            looked: seen.as_ref().map(|seen| ago(seen.at, now)),
            rows: found.map(|orphan| Row::of(orphan, now)).collect(),
            unseen: unseen.map(|text| capitalised(text)).collect(),
            removed,
            said,
            shell: seat.shell_of_installation((Nav::Orphans, "Orphans".to_owned())).await?,
        })
    }
}
