//! `/organisations/{org}/many/begun`: what came of something that was asked for several tenants.

use askama::Template;
use axum::response::Response;
use axum::routing::get;
use berth_domain::access::Right;
use berth_engine::EngineError;
use http::{HeaderMap, Uri};
use serde::Deserialize;

use super::{Action, MOST, of_query, refused};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::gate::is_by_script;
use crate::pages::html::page;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{Status, capitalised};
use crate::routes::Route;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Came {
    action: String,
    /// Operations.
    begun: Vec<String>,
    /// Tenants.
    refused: Vec<String>,
}

/// What became of each.
#[derive(Debug, Template)]
#[template(path = "begun.html", blocks = ["live"])]
struct BegunPage {
    shell: Shell,
    here: String,
    begun: Vec<Begun>,
    /// Tenants for which nothing was begun, and why, as far as that still holds.
    refused: Vec<(String, String)>,
}

/// An operation that was begun.
#[derive(Debug)]
struct Begun {
    id: String,
    target: String,
    status: Status,
    text: String,
}

pub(in crate::pages::action) fn route() -> Route {
    Route::page("GET", "/organisations/{org}/many/begun", Right::Read, get(show), "many_begun_page")
}

/// Says what became of each.
async fn show(
    seat: Seat,
    At(org): At<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let came: Came = of_query(&uri)?;
    let is_meant = |action: &Action| action.words().key == came.action;
    let action = Action::ALL.into_iter().find(is_meant).ok_or(ApiError::NoSuchPath)?;
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let mut begun = Vec::new();
    for id in came.begun.iter().take(MOST) {
        match engine.operation(&actor, &org, id).await {
            Ok(view) => begun.push(Begun {
                id: view.id.to_string(),
                target: view.target,
                status: Status::of_operation(view.state),
                text: view
                    .error
                    .or(view.progress.filter(|_| !view.state.is_at_rest()).map(|(_, text)| text))
                    .map(|text| capitalised(&text))
                    .unwrap_or_default(),
            }),
            Err(EngineError::NoSuchOperation(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut not_begun = Vec::new();
    for name in came.refused.into_iter().take(MOST) {
        let why = refused(&seat, (&org, &name), action).await?;
        let why =
            why.map_or_else(|| "It was refused, and can be done by now.".to_owned(), |it| it.text);
        not_begun.push((name, why));
    }
    let overview = engine.overview(&actor, &org).await?;
    let title = format!("{} several tenants", action.verb());
    let came_of_it = BegunPage {
        here: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        begun,
        refused: not_begun,
        shell: seat.shell(&overview, (Nav::Fleet, title)).await?,
    };
    if is_by_script(&headers) {
        return page(&came_of_it.as_live());
    }
    page(&came_of_it)
}
