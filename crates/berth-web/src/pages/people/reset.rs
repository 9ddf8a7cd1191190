//! Taking from somebody what they prove themselves with.
//!
//! Whoever is on the host does it with a button. Everybody else is told how it is done there: a session that
//! was taken over must not let anybody into all accounts (`docs/adr/0017`).

use askama::Template;
use axum::response::Response;
use berth_domain::{Actor, Problems};
use berth_engine::EngineError;
use berth_engine::request::Reset;
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::confirm::{people, shell};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::Form;
use crate::pages::html::{page, page_with, see_other};
use crate::pages::said::Said;
use crate::pages::shell::{Seat, Shell};

/// What is chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    #[serde(default)]
    only: String,
}

/// What can be reset, and how.
#[derive(Debug, Template)]
#[template(path = "reset_person.html")]
struct ResetPage {
    shell: Shell,
    back: String,
    who: String,
    /// Whether whoever looks is on the host.
    is_local: bool,
    choices: Vec<Choice>,
    said: Said,
}

/// One of the things that can be reset.
#[derive(Debug)]
struct Choice {
    value: &'static str,
    label: &'static str,
    effect: &'static str,
    command: String,
    is_chosen: bool,
}

/// A code, this once.
#[derive(Debug, Template)]
#[template(path = "reset_code.html")]
struct CodePage {
    shell: Shell,
    back: String,
    email: String,
    /// `None`: nobody knows where the console is reached.
    link: Option<String>,
    code: String,
}

impl Choice {
    fn of(what: Reset, email: &str, chosen: Reset) -> Self {
        let (label, effect) = match what {
            Reset::Password => (
                "Their password",
                "Their sessions end, their password is void, and they get a code for a new one. A second factor stays.",
            ),
            Reset::SecondFactor => (
                "Their second factor",
                "Their sessions end, and their password alone lets them in until they set up another one.",
            ),
            Reset::Everything => (
                "Everything, as if somebody else had been in their place",
                "Their sessions, tokens and invitations, their password, second factor and providers go, and they get a code for a new password.",
            ),
            Reset::Waiting => (
                "Only the waiting",
                "They may try again at once, after too many attempts that were not theirs.",
            ),
        };
        let only = match what {
            Reset::Everything => String::new(),
            only => format!(" --only {}", only.as_str()),
        };
        Self {
            value: what.as_str(),
            label,
            effect,
            command: format!("sudo berth person reset {email}{only}"),
            is_chosen: what == chosen,
        }
    }
}

/// Shows what can be reset.
pub(crate) async fn ask(seat: Seat, At(who): At<String>) -> Result<Response, ApiError> {
    page(&gather(seat, &who, (Reset::Password, Said::default())).await?)
}

/// Resets it, and shows the code for a new password this once.
pub(crate) async fn send(
    seat: Seat,
    At(who): At<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, ApiError> {
    let (what, done) = match read(&chosen.only) {
        Ok(what) => {
            let (engine, actor) = (&seat.context.engine, &seat.context.actor);
            (what, engine.reset_person(actor, &who, what).await)
        }
        Err(error) => (Reset::Password, Err(error)),
    };
    match done {
        Ok(Some(code)) => show_code(seat, &who, &code).await,
        Ok(None) => Ok(see_other(&people(None))),
        Err(error) => {
            let again = gather(seat, &who, (what, Said::of(error)?)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

fn read(chosen: &str) -> Result<Reset, EngineError> {
    let mut problems = Problems::default();
    let what = problems.one_of("only", chosen, Reset::ALL, Reset::as_str);
    what.ok_or(EngineError::Invalid(problems))
}

async fn gather(
    seat: Seat,
    who: &str,
    (chosen, said): (Reset, Said),
) -> Result<ResetPage, ApiError> {
    let found = seat.context.engine.person(&seat.context.actor, who).await?.person;
    let email = found.email.to_string();
    let all = [Reset::Password, Reset::SecondFactor, Reset::Everything, Reset::Waiting];
    Ok(ResetPage {
        back: people(None),
        who: found.id.to_string(),
        is_local: matches!(seat.context.actor, Actor::Local { .. }),
        choices: all.map(|what| Choice::of(what, &email, chosen)).into(),
        said,
        shell: shell(seat, None, &format!("Reset {email}")).await?,
    })
}

async fn show_code(seat: Seat, who: &str, code: &SecretString) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let email = engine.person(&actor, who).await?.person.email.to_string();
    let code = code.expose_secret().to_owned();
    // Whoever is on the host looks at another address than whoever follows the link.
    let console = engine.status(&actor).await?.console;
    page(&CodePage {
        back: people(None),
        link: console.map(|address| format!("{address}/join/{code}")),
        code,
        shell: shell(seat, None, &format!("Reset {email}")).await?,
        email,
    })
}
