//! `/organisations/{org}/many/{action}`: the same done to several tenants. `GET` says to which and asks,
//! `POST` begins one operation for each, and `/many/begun` says what came of it.
//!
//! # Invariants
//!
//! * Each tenant is changed by itself: one that cannot be keeps none of the others from it.
//! * A form that is sent twice begins nothing twice, not for one tenant and not for any of them.
//! * What cannot be brought back is not done to many.

mod begun;

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right;
use berth_domain::operation::OperationKind;
use berth_engine::{EngineError, Recalled};
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::Action;
use super::refusal::Refusal;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::Form;
use crate::pages::html::{page_with, see_other};
use crate::pages::link::link;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::routes::Route;

pub(super) use begun::route as begun_route;

/// How many tenants are changed at once. A page of the fleet has fewer.
const MOST: usize = 200;

/// Which tenants.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Chosen {
    tenant: Vec<String>,
}

/// What will be done to which tenants.
#[derive(Debug, Template)]
#[template(path = "many.html")]
struct ManyPage {
    shell: Shell,
    /// `Stop`.
    verb: &'static str,
    /// `is stopped`.
    passive: &'static str,
    key: &'static str,
    /// Those to which it can be done.
    able: Vec<String>,
    /// Those to which it cannot, and why not.
    unable: Vec<(String, Refusal)>,
    unaffected: &'static str,
    instead: &'static str,
    is_grave: bool,
    /// More were chosen than are changed at once.
    too_many: bool,
}

/// The routes of one action.
pub(super) fn routes(
    action: Action,
    (path, right): (&'static str, Right),
    [show_id, send_id]: [&'static str; 2],
) -> [Route; 2] {
    let show = move |seat: Seat, org: At<String>, uri: Uri| show(action, seat, org, uri);
    let send = move |seat: Seat, org: At<String>, form: Form<Chosen>| send(action, seat, org, form);
    [
        Route::page("GET", path, right, get(show), show_id),
        Route::page("POST", path, right, post(send), send_id),
    ]
}

/// Says what will be done to which, and asks.
async fn show(
    action: Action,
    seat: Seat,
    At(org): At<String>,
    uri: Uri,
) -> Result<Response, ApiError> {
    let Chosen { tenant } = of_query(&uri)?;
    let names = once_each(tenant);
    let too_many = names.len() > MOST;
    let (mut able, mut unable) = (Vec::new(), Vec::new());
    for name in names.into_iter().take(MOST) {
        match refused(&seat, (&org, &name), action).await? {
            None => able.push(name),
            Some(refusal) => unable.push((name, refusal)),
        }
    }
    let overview = seat.context.engine.overview(&seat.context.actor, &org).await?;
    let words = action.words();
    let title = format!("{} several tenants", action.verb());
    let asked = ManyPage {
        shell: seat.shell(&overview, (Nav::Fleet, title)).await?,
        verb: action.verb(),
        passive: words.passive,
        key: words.key,
        unaffected: words.unaffected,
        instead: words.instead,
        is_grave: action.is_grave(),
        able,
        unable,
        too_many,
    };
    page_with(StatusCode::OK, &asked)
}

/// Begins it for each of them that takes it.
async fn send(
    action: Action,
    seat: Seat,
    At(org): At<String>,
    Form(Chosen { tenant }): Form<Chosen>,
) -> Result<Response, ApiError> {
    let mut fields = vec![("action", action.words().key.to_owned())];
    for name in once_each(tenant).into_iter().take(MOST) {
        match begin(&seat, (&org, &name), action).await? {
            Some(operation) => fields.push(("begun", operation)),
            None => fields.push(("refused", name)),
        }
    }
    let fields = fields.iter().map(|(name, value)| (*name, Some(value.as_str())));
    Ok(see_other(&link(&format!("/organisations/{org}/many/begun"), fields)))
}

/// Begins it for one. `None`: it was refused.
async fn begin(
    seat: &Seat,
    (org, name): (&str, &str),
    action: Action,
) -> Result<Option<String>, ApiError> {
    let actor = &seat.context.actor;
    // Each is known again by itself: the form may have been sent before, and have got half way.
    let engine = seat.context.engine.once_for(name);
    if is_for_good(seat, action) {
        return Ok(None);
    }
    let turn = match engine.recall(actor).await? {
        Some(Recalled::Unanswered(Some(id))) => return Ok(Some(id.to_string())),
        other => other,
    };
    let begun = engine.change_tenant(actor, org, name, &action.change()).await;
    drop(turn);
    match begun {
        Ok(operation) => Ok(Some(operation.id.to_string())),
        Err(error) if is_of_one(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Why it cannot be done to one. `None`: it can.
async fn refused(
    seat: &Seat,
    (org, name): (&str, &str),
    action: Action,
) -> Result<Option<Refusal>, ApiError> {
    if is_for_good(seat, action) {
        let text =
            "There is no grace period here: what cannot be brought back is deleted one by one.";
        return Ok(Some(Refusal { text: text.to_owned(), operation: None }));
    }
    let engine = &seat.context.engine;
    match engine.outline_change(&seat.context.actor, org, name, &action.change()).await {
        Ok(_) => Ok(None),
        Err(error) if is_of_one(&error) => Ok(Some(Refusal::of(&error))),
        Err(error) => Err(error.into()),
    }
}

fn is_for_good(seat: &Seat, action: Action) -> bool {
    seat.context.engine.kind_of(&action.change()) == OperationKind::TenantPurge
}

/// Whether a failure is about one tenant, and says nothing of the others.
fn is_of_one(error: &EngineError) -> bool {
    use berth_engine::Kind as K;
    matches!(error.kind(), K::Invalid | K::NotFound | K::Conflict | K::Changed | K::Forbidden)
}

/// What the query of a page says, of which some may be there several times.
pub(in crate::pages) fn of_query<T: serde::de::DeserializeOwned>(uri: &Uri) -> Result<T, ApiError> {
    serde_html_form::from_str(uri.query().unwrap_or_default()).map_err(|error| {
        ApiError::Unreadable {
            detail: format!("the query cannot be read: {error}"),
            problems: Vec::new(),
        }
    })
}

/// In their order, each once.
fn once_each(names: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    names.into_iter().filter(|name| seen.insert(name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_that_is_chosen_twice_is_changed_once() {
        let chosen: Chosen = of_query(&"/x?tenant=b&tenant=a&tenant=b".parse().unwrap()).unwrap();

        assert_eq!(once_each(chosen.tenant), ["b", "a"]);
    }

    #[test]
    fn nothing_else_can_be_said_in_the_query() {
        assert!(of_query::<Chosen>(&"/x?tenant=a&now=true".parse().unwrap()).is_err());
        assert!(of_query::<Chosen>(&"/x".parse().unwrap()).unwrap().tenant.is_empty());
    }
}
