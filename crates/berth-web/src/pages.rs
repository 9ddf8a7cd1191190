//! Pages: what people see of Berth in a browser.
//!
//! # Invariants
//!
//! * A page reads what the engine knows already; none waits for the container engine.
//! * The struct of a page holds words, not domain types: a template places, loops and shows, and decides
//!   nothing.
//! * No script runs but the files that are built in, and none of them is needed to read a page or to
//!   send a form.
//! * Every page and every part of one is a route of the table, with the right that it takes.

mod account;
mod action;
mod ask;
pub(crate) mod assets;
mod audit;
mod chart;
mod disk;
mod failure;
mod fleet;
mod form;
mod gate;
mod home;
mod html;
mod import;
mod link;
mod live;
mod new_tenant;
mod open;
mod operation;
mod operations;
mod orphans;
mod palette;
mod people;
mod quotas;
pub(crate) mod reading;
mod resend;
mod said;
mod schedules;
mod settings;
mod shell;
mod statistics;
mod tenant;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod toast;
mod webhooks;
mod words;

use axum::routing::{get, post};
use berth_domain::access::Right::Read;

pub(crate) use failure::failed;
pub(crate) use form::once_of;
pub(crate) use gate::{HX_REQUEST, not_let_in};
pub(crate) use html::pack;
pub(crate) use operation::to_operation;
pub(crate) use resend::{Kept, refuse};
pub(crate) use shell::theme;

use crate::routes::{Needs, Route};

/// Whether a path is one of a page, so that failures are told in one too.
pub(crate) fn is_page(path: &str) -> bool {
    path != "/api" && !path.starts_with("/api/")
}

/// The pages and their parts.
pub(crate) fn all() -> Vec<Route> {
    const TENANTS: &str = "/organisations/{org}/tenants";
    const LIVE: &str = "/organisations/{org}/live";
    const OPERATIONS: &str = "/organisations/{org}/operations";
    const JOIN: &str = "/join/{code}";
    let mut routes = vec![
        Route::page("GET", "/", Needs::Nobody, get(home::home), "home_page"),
        Route::page("GET", "/sign-in", Needs::Nobody, get(gate::sign_in::show), "sign_in_page"),
        Route::page("POST", "/sign-in", Needs::Nobody, post(gate::sign_in::send), "sign_in_form"),
        Route::page("POST", "/sign-out", Needs::Account, post(gate::sign_out), "sign_out_form"),
        Route::page("GET", "/claim", Needs::Nobody, get(gate::claim::show), "claim_page"),
        Route::page("POST", "/claim", Needs::Nobody, post(gate::claim::send), "claim_form"),
        Route::page("GET", "/join", Needs::Nobody, get(gate::join::show), "join_page"),
        Route::page("POST", "/join", Needs::Nobody, post(gate::join::send), "join_form"),
        Route::page("GET", JOIN, Needs::Nobody, get(gate::join::show_link), "join_link_page"),
        Route::page("POST", JOIN, Needs::Nobody, post(gate::join::send_link), "join_link_form"),
        Route::page("GET", TENANTS, Read, get(fleet::show), "fleet_page"),
        Route::page("GET", LIVE, Read, get(live::stream), "live_stream"),
        Route::page("GET", OPERATIONS, Read, get(operations::show), "operations_page"),
        Route::page("GET", assets::PATH, Needs::Nobody, get(assets::serve), "asset"),
    ];
    routes.extend(open::routes());
    routes.extend(account::routes());
    routes.extend(palette::routes());
    routes.extend(people::routes());
    routes.extend(audit::routes());
    routes.extend(settings::routes());
    routes.extend(webhooks::routes());
    routes.extend(quotas::routes());
    routes.extend(disk::routes());
    routes.extend(orphans::routes());
    routes.extend(action::routes());
    routes.extend(new_tenant::routes());
    routes.extend(import::routes());
    routes.extend(operation::routes());
    routes.extend(schedules::routes());
    routes.extend(tenant::routes());
    routes.extend(statistics::routes());
    routes
}
