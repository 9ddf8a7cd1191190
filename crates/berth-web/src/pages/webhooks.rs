//! `/organisations/{org}/webhooks`: who is told what happens, and what became of the messages.
//!
//! # Invariants
//!
//! * Whoever has the address of a webhook may write there: only those see it who look after the organisation.
//! * A secret is shown in the answer to the form that made it, and never again.

mod deeds;
mod list;
mod one;
mod row;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use berth_domain::access::Right::Administer;

use crate::routes::Route;

/// `{org}` and `{name}` of a path.
type WebhookPath = (String, String);

/// The pages of webhooks.
pub(super) fn routes() -> Vec<Route> {
    const ALL: &str = "/organisations/{org}/webhooks";
    const ONE: &str = "/organisations/{org}/webhooks/{name}";
    const TEST: &str = "/organisations/{org}/webhooks/{name}/test";
    const AGAIN: &str = "/organisations/{org}/webhooks/{name}/deliveries/{id}/redeliver";
    const DELETE: &str = "/organisations/{org}/webhooks/{name}/delete";
    let see = |path, handler, id| Route::page("GET", path, Administer, handler, id);
    let send = |path, handler, id| Route::page("POST", path, Administer, handler, id);
    vec![
        see(ALL, get(list::show), "webhooks_page"),
        send(ALL, post(list::create), "webhook_form"),
        see(ONE, get(one::show), "webhook_page"),
        send(ONE, post(one::set), "set_webhook_form"),
        send(TEST, post(deeds::test), "test_webhook_form").repeats(),
        send(AGAIN, post(deeds::redeliver), "redeliver_form"),
        see(DELETE, get(deeds::ask_to_delete), "delete_webhook_page"),
        send(DELETE, post(deeds::delete), "delete_webhook_form"),
    ]
}

/// The page of all of them.
fn all(org: &str) -> String {
    format!("/organisations/{org}/webhooks")
}

/// The page of one. Names of webhooks are letters, digits and `.`, `_`, `-`.
fn one(org: &str, name: &str) -> String {
    format!("/organisations/{org}/webhooks/{name}")
}

/// The pages above those of one, from the top.
fn above(shell: &crate::pages::shell::Shell) -> Vec<(String, String)> {
    let organisation = format!("/organisations/{}", shell.organisation);
    vec![(organisation, shell.called.clone()), (all(&shell.organisation), "Webhooks".to_owned())]
}
