//! `/organisations/{org}`: what people call an organisation, and how it goes.

use askama::Template;
use axum::response::Response;
use berth_engine::request::SetOrganisation;
use http::StatusCode;
use serde::Deserialize;

use super::routines::Routines;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::Form;
use crate::pages::html::{page, page_with, see_other};
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{capitalised, moment};

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    title: String,
}

/// The name, typed to say that it is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meant {
    name: String,
}

/// An organisation.
#[derive(Debug, Template)]
#[template(path = "organisation.html")]
struct OrganisationPage {
    shell: Shell,
    title: String,
    made: String,
    tenants: u64,
    is_operator: bool,
    routines: Routines,
    said: Said,
}

/// What goes with it, before it goes.
#[derive(Debug, Template)]
#[template(path = "delete_organisation.html")]
struct DeletePage {
    shell: Shell,
    effects: Vec<String>,
    /// What was typed to say that it is meant.
    typed: String,
    said: Said,
}

/// Shows it.
pub(crate) async fn show(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    page(&gather(seat, &org, (None, Said::default())).await?)
}

/// Says what people call it.
pub(crate) async fn set(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let title = typed.title.trim().to_owned();
    let request = SetOrganisation { title: Some(title) };
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.set_organisation(actor, (&org, None), &request).await {
        Ok(_) => Ok(see_other(&format!("/organisations/{org}"))),
        Err(error) => {
            let said = Said::of(error)?;
            let again = gather(seat, &org, (Some(typed.title), said)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

async fn gather(
    seat: Seat,
    org: &str,
    (typed, said): (Option<String>, Said),
) -> Result<OrganisationPage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let found = engine.organisation(&actor, org).await?;
    let overview = engine.overview(&actor, org).await?;
    let title = found.organisation.title.map(|title| title.to_string());
    Ok(OrganisationPage {
        title: typed.or(title).unwrap_or_default(),
        made: moment(found.organisation.created_at),
        tenants: found.tenants,
        is_operator: seat.is_operator(),
        routines: Routines::of(&engine, &actor, org).await?,
        said,
        shell: seat.shell(&overview, (Nav::Organisation, "Organisation".to_owned())).await?,
    })
}

/// Asks before an organisation goes.
pub(crate) async fn ask_to_delete(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    let effects = effects(&seat, &org).await?;
    let nothing = (String::new(), Said::default());
    deletion(seat, (&org, effects), (StatusCode::OK, nothing)).await
}

/// Removes an organisation that has no tenants, with everything in it.
pub(crate) async fn delete(
    seat: Seat,
    At(org): At<String>,
    Form(meant): Form<Meant>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let said = if meant.name == org {
        match engine.delete_organisation(&actor, (&org, None)).await {
            Ok(()) => return Ok(see_other("/organisations")),
            Err(error) => Said::of(error)?,
        }
    } else {
        let text = format!("Type `{org}`, as it is written here.");
        Said { whole: None, fields: vec![("name".to_owned(), text)] }
    };
    let effects = effects(&seat, &org).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    deletion(seat, (&org, effects), (status, (meant.name, said))).await
}

/// What goes with it, or why it stays.
async fn effects(seat: &Seat, org: &str) -> Result<Vec<String>, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let plan = engine.plan_delete_organisation(actor, (org, None)).await?;
    Ok(plan.actions.iter().map(|action| capitalised(&action.text.replace('`', ""))).collect())
}

async fn deletion(
    seat: Seat,
    (org, effects): (&str, Vec<String>),
    (status, (typed, said)): (StatusCode, (String, Said)),
) -> Result<Response, ApiError> {
    let overview = seat.context.engine.overview(&seat.context.actor, org).await?;
    let title = format!("Delete {org}");
    let shell = seat.shell(&overview, (Nav::Organisation, title)).await?;
    page_with(status, &DeletePage { shell, effects, typed, said })
}
