//! `/organisations/{org}/tenants/{name}/{action}`: what can be done to a tenant. `GET` says what will
//! happen and asks, `POST` begins it.
//!
//! # Invariants
//!
//! * Nothing is begun by looking. What a page says will happen is the engine's own plan.
//! * What cannot be brought back takes the name of the tenant, typed; the server compares it.

mod choice;
mod confirm;
mod kind;
mod many;
mod refusal;

use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right;
use berth_domain::operation::OperationKind;
use berth_engine::request::{RenameTenant, TenantChange};
use berth_engine::view::OperationView;
use berth_engine::{EngineError, Kind};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::form::{Form, filled};
use super::gate::is_by_script;
use super::html::{page, page_with};
use super::operation::to_operation;
use super::said::Said;
use super::shell::Seat;
use super::toast::Toast;
use crate::error::ApiError;
use crate::extract::At;
use crate::routes::Route;
use confirm::{Asking, ConfirmPage};

pub(crate) use choice::{Actions, Choice, for_many};
pub(in crate::pages) use kind::Action;
pub(super) use many::of_query;
pub(super) use refusal::Refusal;

/// `{org}` and `{name}` of a path.
type TenantPath = (String, String);

/// What a page of an action sends. Each of them sends some of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    /// Another name, and another host.
    name: Option<String>,
    host: Option<String>,
    /// The name that the tenant has, to show that it is meant.
    confirm: Option<String>,
}

/// Where an action is on pages: its address for one tenant, for many, and what the routes are called.
struct Entry {
    action: Action,
    one: &'static str,
    many: &'static str,
    ids: [&'static str; 4],
}

macro_rules! entry {
    ($action:ident, $key:literal, $id:literal) => {
        Entry {
            action: Action::$action,
            one: concat!("/organisations/{org}/tenants/{name}/", $key),
            many: concat!("/organisations/{org}/many/", $key),
            ids: [
                concat!($id, "_page"),
                concat!($id, "_form"),
                concat!($id, "_many_page"),
                concat!($id, "_many_form"),
            ],
        }
    };
}

const TABLE: [Entry; 11] = [
    entry!(Start, "start", "start"),
    entry!(Stop, "stop", "stop"),
    entry!(Restart, "restart", "restart"),
    entry!(Resume, "resume", "resume"),
    entry!(Suspend, "suspend", "suspend"),
    entry!(Rename, "rename", "rename"),
    entry!(Archive, "archive", "archive"),
    entry!(Unarchive, "unarchive", "unarchive"),
    entry!(Restore, "restore-deleted", "restore_deleted"),
    entry!(Delete, "delete", "delete"),
    entry!(Purge, "delete-now", "delete_now"),
];

/// Each action, for one tenant and for many.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![many::begun_route()];
    for Entry { action, one, many, ids } in TABLE {
        let right = Right::of_operation(action.kind());
        let show = move |seat: Seat, path: At<TenantPath>| show(action, seat, path);
        let send =
            move |seat: Seat, path: At<TenantPath>, headers: HeaderMap, form: Form<Typed>| {
                send(action, (seat, headers), path, form)
            };
        routes.push(Route::page("GET", one, right, get(show), ids[0]));
        routes.push(Route::page("POST", one, right, post(send), ids[1]));
        if action.is_for_many() {
            routes.extend(many::routes(action, (many, right), [ids[2], ids[3]]));
        }
    }
    routes
}

/// Says what will happen, and asks.
async fn show(
    action: Action,
    seat: Seat,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let asking = Asking { action, org, typed: Typed::default() };
    let (status, asked) = ConfirmPage::of(seat, (&name, asking), Said::default()).await?;
    page_with(status, &asked)
}

/// Begins it, or says why not where it was asked for.
async fn send(
    action: Action,
    (seat, headers): (Seat, HeaderMap),
    At((org, name)): At<TenantPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let by_script = is_by_script(&headers);
    let change = change(action, &typed);
    let said = if is_meant(&seat, (&change, &name), &typed) {
        let engine = seat.context.engine.clone();
        let begun = engine.change_tenant(&seat.context.actor, &org, name.as_str(), &change).await;
        match begun {
            Ok(operation) if by_script => return toast(action, &org, &operation),
            Ok(operation) => return Ok(to_operation(&org, &operation.id.to_string())),
            Err(error) if by_script || !is_told(&error) => return Err(error.into()),
            Err(EngineError::Invalid(problems)) => Said::about(&problems),
            Err(error) => Said { whole: Some(Refusal::of(&error).text), fields: Vec::new() },
        }
    } else {
        let text = "Type the name of the tenant exactly as it is.".to_owned();
        Said { whole: None, fields: vec![("confirm".to_owned(), text)] }
    };
    let asking = Asking { action, org, typed };
    let (status, asked) = ConfirmPage::of(seat, (&name, asking), said).await?;
    // What was asked for was refused, whatever may be asked for now.
    let refused = if status.is_success() { StatusCode::UNPROCESSABLE_ENTITY } else { status };
    page_with(refused, &asked)
}

/// What is asked of the engine, with the name that was typed.
fn change(action: Action, typed: &Typed) -> TenantChange {
    match action.change() {
        TenantChange::Rename(_) => TenantChange::Rename(RenameTenant {
            name: filled(typed.name.clone()).unwrap_or_default(),
            host: filled(typed.host.clone()),
        }),
        other => other,
    }
}

/// Whether the tenant's name was typed, where it takes that.
fn is_meant(seat: &Seat, (change, name): (&TenantChange, &str), typed: &Typed) -> bool {
    let is_for_good = seat.context.engine.kind_of(change) == OperationKind::TenantPurge;
    !is_for_good || typed.confirm.as_deref().is_some_and(|typed| typed.trim() == name)
}

/// Whether a failure is told on the page that asked.
fn is_told(error: &EngineError) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::Conflict | Kind::Changed)
}

/// Says that it was begun, to a page that stays.
fn toast(action: Action, org: &str, operation: &OperationView) -> Result<Response, ApiError> {
    page(&Toast::begun(
        titled(action, &operation.target),
        format!("/organisations/{org}/operations/{}", operation.id),
    ))
}

/// `Stop acme`.
fn titled(action: Action, name: &str) -> String {
    match action {
        Action::Purge => format!("Remove {name} for good"),
        _ => format!("{} {name}", action.verb()),
    }
}

#[cfg(test)]
mod tests;
