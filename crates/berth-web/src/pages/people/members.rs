//! What somebody is in an organisation, and where they are signed in.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;

use super::confirm::{Question, ask, ask_again, base, people, shell};
use super::page::{Form as Which, Typed as TypedAgain, again};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::account::device;
use crate::pages::form::Form;
use crate::pages::html::{page, see_other};
use crate::pages::shell::{Seat, Shell};
use crate::pages::words::{ago, moment};

/// What is chosen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    role: String,
}

/// Nothing is typed: the button says it all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Where a member is signed in.
#[derive(Debug, Template)]
#[template(path = "member_sessions.html")]
struct SessionsPage {
    shell: Shell,
    back: String,
    to: String,
    who: String,
    sessions: Vec<SessionRow>,
}

/// One of them, worded.
#[derive(Debug)]
struct SessionRow {
    device: String,
    address: String,
    since: String,
    seen: String,
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

/// Shows where a member is signed in.
pub(crate) async fn sessions(
    seat: Seat,
    At((org, who)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let now = engine.now();
    let sessions = engine.member_sessions(&actor, (&org, &who)).await?;
    let member = engine.members(&actor, &org).await?.into_iter();
    let member = member.map(|it| it.person).find(|it| it.id.to_string() == who);
    let row = |it: berth_domain::person::Session| SessionRow {
        device: it.user_agent.as_deref().map_or_else(|| "Unknown".to_owned(), device),
        address: it.address.unwrap_or_else(|| "this host".to_owned()),
        since: moment(it.created_at),
        seen: ago(it.seen_at, now),
    };
    page(&SessionsPage {
        back: people(Some(&org)),
        to: format!("{}/members/{who}/sessions", base(Some(&org))),
        sessions: sessions.into_iter().map(row).collect(),
        who: member.map_or(who, |person| person.name.to_string()),
        shell: shell(seat, Some(&org), "Sessions").await?,
    })
}

/// Ends all of a member's sessions.
pub(crate) async fn end_sessions(
    seat: Seat,
    At((org, who)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    seat.context.engine.end_member_sessions(&seat.context.actor, (&org, &who)).await?;
    Ok(see_other(&people(Some(&org))))
}
