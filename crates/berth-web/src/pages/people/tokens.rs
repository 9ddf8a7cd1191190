//! Tokens: how programs show who they are.

use askama::Template;
use axum::response::Response;
use berth_engine::request::CreateToken;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::confirm::{Question, ask, ask_again, base, people, shell};
use super::page::{Form as Which, Typed as TypedAgain, again};
use super::rows::TokenRow;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::{page, see_other};
use crate::pages::shell::{Seat, Shell};

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    account: String,
    /// The rights that are checked.
    #[serde(default)]
    scope: Vec<String>,
    #[serde(default)]
    expires: String,
}

/// What a token says, this once.
#[derive(Debug, Template)]
#[template(path = "token.html")]
struct TokenPage {
    shell: Shell,
    back: String,
    row: TokenRow,
    secret: String,
    /// Where programs show it.
    address: String,
}

/// Makes a token of an organisation.
pub(crate) async fn of_organisation(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    Box::pin(create(seat, Some(&org), typed)).await
}

/// Makes a token of the installation.
pub(crate) async fn of_installation(
    seat: Seat,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    Box::pin(create(seat, None, typed)).await
}

async fn create(seat: Seat, org: Option<&str>, typed: Typed) -> Result<Response, ApiError> {
    let Typed { account, scope, expires } = typed;
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let request = CreateToken {
        account: account.trim().to_owned(),
        scope: scope.join(","),
        expires: Some(expires.clone()).filter(|text| !text.is_empty()),
    };
    match engine.create_token(&actor, org, &request).await {
        Ok(new) => page(&TokenPage {
            back: people(org),
            row: TokenRow::of(&new.token, engine.now()),
            secret: new.secret.expose_secret().to_owned(),
            address: format!("{}/api/v1{}/tenants", seat.plain.origin, base(org)),
            shell: shell(seat, org, "Token").await?,
        }),
        Err(error) => {
            let typed = TypedAgain { account, scope, expires, ..TypedAgain::default() };
            again(seat, org, (Which::Token, typed), error).await
        }
    }
}

/// Asks before a token of an organisation is revoked.
pub(crate) async fn ask_of_organisation(
    seat: Seat,
    At((org, id)): At<(String, String)>,
) -> Result<Response, ApiError> {
    let question = question(&seat, Some(&org), &id).await?;
    ask(seat, Some(&org), question).await
}

/// Asks before a token of the installation is revoked.
pub(crate) async fn ask_of_installation(
    seat: Seat,
    At(id): At<String>,
) -> Result<Response, ApiError> {
    let question = question(&seat, None, &id).await?;
    ask(seat, None, question).await
}

/// Revokes a token of an organisation.
pub(crate) async fn revoke_of_organisation(
    seat: Seat,
    At((org, id)): At<(String, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    revoke(seat, Some(&org), &id).await
}

/// Revokes a token of the installation.
pub(crate) async fn revoke_of_installation(
    seat: Seat,
    At(id): At<String>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    revoke(seat, None, &id).await
}

async fn revoke(seat: Seat, org: Option<&str>, id: &str) -> Result<Response, ApiError> {
    let question = question(&seat, org, id).await?;
    match seat.context.engine.revoke_token(&seat.context.actor, org, id).await {
        Ok(()) => Ok(see_other(&people(org))),
        Err(error) => ask_again(seat, org, (question, error)).await,
    }
}

async fn question(seat: &Seat, org: Option<&str>, id: &str) -> Result<Question, ApiError> {
    let plan = seat.context.engine.plan_revocation(&seat.context.actor, org, id).await?;
    let to = format!("{}/tokens/{id}/revoke", base(org));
    Ok(Question {
        stays: "Other tokens of the same account stay good.",
        keep: "Keep it",
        ..Question::of(&plan, to, "Revoke it")
    })
}
