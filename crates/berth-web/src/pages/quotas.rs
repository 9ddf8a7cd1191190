//! `/organisations/{org}/quotas`: what the tenants of an owner, or all of them, may have together, and what
//! they have.
//!
//! # Invariants
//!
//! * An owner stands in queries and fields: any printable text is one, `..` too, which no path can say.
//! * Everybody of the organisation sees quotas; only whoever runs the installation is offered to change one.

mod clear;
mod list;
mod one;
mod row;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use berth_domain::access::Right::{Installation, Read};
use serde::Deserialize;

use super::link::link;
use crate::routes::Route;

/// Whose quota. Nothing: that of the organisation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Whose {
    owner: Option<String>,
}

/// The pages of quotas.
pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/organisations/{org}/quotas";
    const ONE: &str = "/organisations/{org}/quota";
    const CLEAR: &str = "/organisations/{org}/quota/clear";
    vec![
        Route::page("GET", ALL, Read, get(list::show), "quotas_page"),
        Route::page("GET", ONE, Installation, get(one::show), "quota_page"),
        Route::page("POST", ONE, Installation, post(one::set), "quota_form"),
        Route::page("GET", CLEAR, Installation, get(clear::ask_to_clear), "clear_quota_page"),
        Route::page("POST", CLEAR, Installation, post(clear::clear), "clear_quota_form"),
    ]
}

/// The page of all of them.
fn all(org: &str) -> String {
    format!("/organisations/{org}/quotas")
}

/// The page of one.
fn one(org: &str, owner: Option<&str>) -> String {
    link(&format!("/organisations/{org}/quota"), [("owner", owner)])
}

/// The pages above those of one, from the top.
fn above(shell: &super::shell::Shell) -> Vec<(String, String)> {
    let organisation = format!("/organisations/{}", shell.organisation);
    vec![(organisation, shell.called.clone()), (all(&shell.organisation), "Quotas".to_owned())]
}

/// Whose it is, as a heading says it.
fn whose(owner: Option<&str>) -> String {
    owner.map_or_else(|| "the organisation".to_owned(), str::to_owned)
}
