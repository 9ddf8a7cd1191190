//! `/organisations/{org}/people` and `/people`: who belongs where, who is invited, and how programs show
//! who they are.
//!
//! # Invariants
//!
//! * Nobody is offered a role or a right to give that they may not give.
//! * What takes something away is asked about on a page of its own, which says what stays.
//! * A code and what a token says are shown in the answer to the form that made them, and never again.

mod accounts;
mod confirm;
mod invitations;
mod members;
mod page;
mod reset;
mod rows;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;

use axum::routing::{get, post};
use berth_domain::access::Right::{Installation, Members};

use crate::routes::Route;

/// The pages of an organisation's people, and of everybody's.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = of_organisation();
    routes.extend(of_installation());
    routes
}

fn of_organisation() -> Vec<Route> {
    const ROLE: &str = "/organisations/{org}/members/{person}";
    const REMOVE: &str = "/organisations/{org}/members/{person}/remove";
    const SESSIONS: &str = "/organisations/{org}/members/{person}/sessions";
    const INVITE: &str = "/organisations/{org}/invitations";
    const REVOKE: &str = "/organisations/{org}/invitations/{id}/revoke";
    const TOKENS: &str = "/organisations/{org}/tokens";
    const REVOKE_TOKEN: &str = "/organisations/{org}/tokens/{id}/revoke";
    let see = |path, handler, id| Route::page("GET", path, Members, handler, id);
    let send = |path, handler, id| Route::page("POST", path, Members, handler, id);
    vec![
        see("/organisations/{org}/people", get(page::of_organisation), "people_page"),
        send(ROLE, post(members::set), "member_role_form"),
        see(REMOVE, get(members::ask_to_remove), "remove_member_page"),
        send(REMOVE, post(members::remove), "remove_member_form"),
        see(SESSIONS, get(sessions::of_member), "member_sessions_page"),
        send(SESSIONS, post(sessions::end_of_member), "member_sessions_form"),
        send(INVITE, post(invitations::to_organisation), "invite_form"),
        see(REVOKE, get(invitations::ask_of_organisation), "revoke_invitation_page"),
        send(REVOKE, post(invitations::revoke_of_organisation), "revoke_invitation_form"),
        send(TOKENS, post(tokens::of_organisation), "token_form"),
        see(REVOKE_TOKEN, get(tokens::ask_of_organisation), "revoke_token_page"),
        send(REVOKE_TOKEN, post(tokens::revoke_of_organisation), "revoke_token_form"),
    ]
}

fn of_installation() -> Vec<Route> {
    const DISABLE: &str = "/people/{person}/disable";
    const ENABLE: &str = "/people/{person}/enable";
    const SESSIONS: &str = "/people/{person}/sessions";
    const RESET: &str = "/people/{person}/reset";
    const UNLINK: &str = "/people/{person}/providers/{provider}/unlink";
    const REVOKE: &str = "/invitations/{id}/revoke";
    const REVOKE_TOKEN: &str = "/tokens/{id}/revoke";
    let see = |path, handler, id| Route::page("GET", path, Installation, handler, id);
    let send = |path, handler, id| Route::page("POST", path, Installation, handler, id);
    vec![
        see("/people", get(page::of_installation), "all_people_page"),
        see(DISABLE, get(accounts::ask_to_disable), "disable_person_page"),
        send(DISABLE, post(accounts::disable), "disable_person_form"),
        see(ENABLE, get(accounts::ask_to_enable), "enable_person_page"),
        send(ENABLE, post(accounts::enable), "enable_person_form"),
        see(SESSIONS, get(sessions::of_person), "person_sessions_page"),
        send(SESSIONS, post(sessions::end_of_person), "person_sessions_form"),
        see(RESET, get(reset::ask), "reset_person_page"),
        send(RESET, post(reset::send), "reset_person_form"),
        see(UNLINK, get(accounts::ask_to_unlink), "unlink_person_page"),
        send(UNLINK, post(accounts::unlink), "unlink_person_form"),
        send("/invitations", post(invitations::to_installation), "invite_operator_form"),
        see(REVOKE, get(invitations::ask_of_installation), "revoke_operator_invitation_page"),
        send(REVOKE, post(invitations::revoke_of_installation), "revoke_operator_invitation_form"),
        send("/tokens", post(tokens::of_installation), "installation_token_form"),
        see(REVOKE_TOKEN, get(tokens::ask_of_installation), "revoke_installation_token_page"),
        send(REVOKE_TOKEN, post(tokens::revoke_of_installation), "revoke_installation_token_form"),
    ]
}
