//! Where somebody is signed in, for whoever looks after them.

use askama::Template;
use axum::response::Response;
use berth_domain::person::Session;

use super::confirm::{base, people, shell};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::account::device;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::{page, see_other};
use crate::pages::shell::{Seat, Shell};
use crate::pages::words::{ago, moment};

/// Where somebody is signed in.
#[derive(Debug, Template)]
#[template(path = "member_sessions.html")]
struct SessionsPage {
    shell: Shell,
    back: String,
    to: String,
    who: String,
    sessions: Vec<Row>,
}

/// One of their sessions, worded.
#[derive(Debug)]
struct Row {
    device: String,
    address: String,
    since: String,
    seen: String,
}

/// Shows where a member is signed in.
pub(crate) async fn of_member(
    seat: Seat,
    At((org, who)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let sessions = engine.member_sessions(actor, (&org, &who)).await?;
    let members = engine.members(actor, &org).await?.into_iter().map(|member| member.person);
    let person = members.into_iter().find(|it| it.id.to_string() == who);
    let name = person.map_or_else(|| who.clone(), |it| it.name.to_string());
    let to = format!("{}/members/{who}/sessions", base(Some(&org)));
    show(seat, Some(&org), (sessions, name, to)).await
}

/// Shows where anybody is signed in.
pub(crate) async fn of_person(seat: Seat, At(who): At<String>) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let sessions = engine.person_sessions(actor, &who).await?;
    let name = engine.person(actor, &who).await?.person.name.to_string();
    show(seat, None, (sessions, name, format!("/people/{who}/sessions"))).await
}

async fn show(
    seat: Seat,
    org: Option<&str>,
    (sessions, who, to): (Vec<Session>, String, String),
) -> Result<Response, ApiError> {
    let now = seat.context.engine.now();
    let row = |it: Session| Row {
        device: it.user_agent.as_deref().map_or_else(|| "Unknown".to_owned(), device),
        address: it.address.unwrap_or_else(|| "this host".to_owned()),
        since: moment(it.created_at),
        seen: ago(it.seen_at, now),
    };
    page(&SessionsPage {
        back: people(org),
        to,
        who,
        sessions: sessions.into_iter().map(row).collect(),
        shell: shell(seat, org, "Sessions").await?,
    })
}

/// Ends all of a member's sessions.
pub(crate) async fn end_of_member(
    seat: Seat,
    At((org, who)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    seat.context.engine.end_member_sessions(&seat.context.actor, (&org, &who)).await?;
    Ok(see_other(&people(Some(&org))))
}

/// Ends all of somebody's sessions.
pub(crate) async fn end_of_person(
    seat: Seat,
    At(who): At<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    seat.context.engine.end_person_sessions(&seat.context.actor, &who).await?;
    Ok(see_other(&people(None)))
}
