//! Inviting somebody, and taking that back.

use askama::Template;
use axum::response::Response;
use berth_engine::PeopleError;
use berth_engine::request::Invite;
use berth_engine::view::NewInvitation;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::confirm::{Question, ask, ask_again, base, people, shell};
use super::page::{Form as Which, Typed as TypedAgain, again};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::{page, see_other};
use crate::pages::shell::{Seat, Shell};
use crate::pages::words::moment;

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    email: String,
    role: String,
    /// There if it is checked.
    #[serde(default)]
    send: Option<String>,
}

/// A code, this once.
#[derive(Debug, Template)]
#[template(path = "invited.html")]
struct InvitedPage {
    shell: Shell,
    back: String,
    email: String,
    role: String,
    until: String,
    /// Where it is used up, once a form is sent there.
    link: String,
    code: String,
    /// Whether it was sent. `None`: nobody wanted that.
    is_mailed: Option<bool>,
}

/// Invites somebody to an organisation.
pub(crate) async fn to_organisation(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    Box::pin(invite(seat, Some(&org), typed)).await
}

/// Invites somebody to run the installation.
pub(crate) async fn to_installation(
    seat: Seat,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    Box::pin(invite(seat, None, typed)).await
}

async fn invite(seat: Seat, org: Option<&str>, typed: Typed) -> Result<Response, ApiError> {
    let Typed { email, role, send } = typed;
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let is_sent = send.is_some();
    let request = Invite { email: email.trim().to_owned(), role: role.clone() };
    let invited = if is_sent {
        engine.invite_by_mail(&actor, org, &request).await
    } else {
        engine.invite(&actor, org, &request).await
    };
    let NewInvitation { invitation, code, is_mailed } = match invited {
        Ok(new) => new,
        Err(error) => {
            let typed = TypedAgain { email, role, is_sent, ..TypedAgain::default() };
            return again(seat, org, (Which::Invite, typed), error).await;
        }
    };
    let code = code.expose_secret().to_owned();
    page(&InvitedPage {
        back: people(org),
        email: invitation.email.to_string(),
        role: invitation.offer.as_str().to_owned(),
        until: moment(invitation.expires_at),
        link: format!("{}/join/{code}", seat.plain.origin),
        code,
        is_mailed,
        shell: shell(seat, org, "Invitation").await?,
    })
}

/// Asks before an invitation to an organisation is taken back.
pub(crate) async fn ask_of_organisation(
    seat: Seat,
    At((org, id)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let question = question(&seat, Some(&org), &id).await?;
    ask(seat, Some(&org), question).await
}

/// Asks before an invitation to the installation is taken back.
pub(crate) async fn ask_of_installation(
    seat: Seat,
    At(id): At<String>,
) -> Result<Response, ApiError> {
    let question = question(&seat, None, &id).await?;
    ask(seat, None, question).await
}

/// Takes back an invitation to an organisation.
pub(crate) async fn revoke_of_organisation(
    seat: Seat,
    At((org, id)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    revoke(seat, Some(&org), &id).await
}

/// Takes back an invitation to the installation.
pub(crate) async fn revoke_of_installation(
    seat: Seat,
    At(id): At<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    revoke(seat, None, &id).await
}

async fn revoke(seat: Seat, org: Option<&str>, id: &str) -> Result<Response, ApiError> {
    let question = question(&seat, org, id).await?;
    match seat.context.engine.revoke_invitation(&seat.context.actor, org, id).await {
        Ok(()) => Ok(see_other(&people(org))),
        Err(error) => ask_again(seat, org, (question, error)).await,
    }
}

async fn question(seat: &Seat, org: Option<&str>, id: &str) -> Result<Question, ApiError> {
    let all = seat.context.engine.invitations(&seat.context.actor, org).await?;
    let found = all.into_iter().find(|it| it.id.to_string() == id);
    let Some(found) = found else {
        return Err(berth_engine::EngineError::from(PeopleError::NoSuchInvitation(
            "of that id".to_owned(),
        ))
        .into());
    };
    Ok(Question {
        title: format!("Take back the invitation of {}", found.email),
        effects: vec!["Its code is good for nothing any more.".to_owned()],
        stays: "Accounts stay as they are. They can be invited again.",
        to: format!("{}/invitations/{id}/revoke", base(org)),
        button: "Take it back",
        keep: "Keep it",
    })
}
