//! What somebody is in an organisation.

use axum::response::Response;
use serde::Deserialize;

use super::confirm::{Question, ask, ask_again, base, people};
use super::page::{Form as Which, Typed as TypedAgain, again};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::see_other;
use crate::pages::shell::Seat;

/// What is chosen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    role: String,
}

/// Gives a member another role.
pub(crate) async fn set(
    seat: Seat,
    At((org, who)): At<(String, String)>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.set_member(actor, (&org, &who), Some(&chosen.role)).await {
        Ok(()) => Ok(see_other(&people(Some(&org)))),
        Err(error) => again(seat, Some(&org), (Which::Role, TypedAgain::default()), error).await,
    }
}

/// Asks before somebody is taken out.
pub(crate) async fn ask_to_remove(
    seat: Seat,
    At((org, who)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let question = removal(&seat, (&org, &who)).await?;
    ask(seat, Some(&org), question).await
}

/// Takes somebody out of an organisation.
pub(crate) async fn remove(
    seat: Seat,
    At((org, who)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let question = removal(&seat, (&org, &who)).await?;
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    match engine.set_member(actor, (&org, &who), None).await {
        Ok(()) => Ok(see_other(&people(Some(&org)))),
        Err(error) => ask_again(seat, Some(&org), (question, error)).await,
    }
}

async fn removal(seat: &Seat, (org, who): (&str, &str)) -> Result<Question, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let plan = engine.plan_member(actor, (org, who), None).await?;
    let to = format!("{}/members/{who}/remove", base(Some(org)));
    Ok(Question {
        stays: "Tenants that they own stay as they are.",
        keep: "Keep them here",
        ..Question::of(&plan, to, "Take them out")
    })
}
