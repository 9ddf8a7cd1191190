//! `/join` and `/join/{code}`: an invitation is accepted, or a password that was reset is chosen anew.
//!
//! # Invariants
//!
//! * Opening a link uses nothing up: programs that look at mail do that as well. Sending its form does.
//! * A code that came in an address stands in no page, and in no other address.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::Response;
use berth_engine::request::{Accept, SignIn};
use berth_engine::view::{CodeAsks, CodeView};
use berth_engine::{EngineError, PeopleError};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Said, let_in};
use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::shell::Plain;

/// What is typed, with the code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    code: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

/// What is typed where the address has the code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedAtLink {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    password: Option<String>,
}

/// Somebody was given a code.
#[derive(Debug, Template)]
#[template(path = "join.html")]
struct JoinPage {
    plain: Plain,
    /// Whoever is signed in has a name and a password already.
    is_known: bool,
    name: String,
    said: Said,
}

/// Somebody followed a link.
#[derive(Debug, Template)]
#[template(path = "join_link.html")]
struct LinkPage {
    plain: Plain,
    heading: String,
    text: &'static str,
    asks: Asks,
    /// Who is signed in meanwhile, and is not who it is for.
    stays: Option<String>,
    name: String,
    said: Said,
}

/// The link that somebody followed leads nowhere any more.
#[derive(Debug, Template)]
#[template(path = "join_void.html")]
struct VoidPage {
    plain: Plain,
}

/// The fields that are shown.
#[derive(Debug)]
struct Asks {
    name: bool,
    password: bool,
    /// Nothing can be sent before somebody signed in.
    sign_in: bool,
}

impl LinkPage {
    fn of(plain: Plain, visit: &Visit, code: CodeView, (name, said): (String, Said)) -> Self {
        let CodeView { offer, organisation, asks } = code;
        let place = organisation.map_or_else(
            || "this installation".to_owned(),
            |it| it.title.map_or_else(|| it.name.to_string(), |title| title.to_string()),
        );
        let invited = || format!("You are invited to {place} as {}", offer.as_str());
        let (heading, text) = match asks {
            CodeAsks::Password => (
                "Choose a new password".to_owned(),
                "Yours was reset. All your sessions are ended.",
            ),
            CodeAsks::NameAndPassword => {
                (invited(), "Say what you are called, and choose a password.")
            }
            CodeAsks::Nothing => (invited(), "You have an account already: this is added to it."),
            CodeAsks::SignIn => (
                invited(),
                "There is an account for your address already. Sign in with it, and open the link again then.",
            ),
        };
        let me = visit.me.as_ref().filter(|_| asks != CodeAsks::Nothing);
        Self {
            plain,
            heading,
            text,
            asks: Asks {
                name: asks == CodeAsks::NameAndPassword,
                password: matches!(asks, CodeAsks::NameAndPassword | CodeAsks::Password),
                sign_in: asks == CodeAsks::SignIn,
            },
            stays: me.map(|me| me.person.name.to_string()),
            name,
            said,
        }
    }
}

/// Asks for the code.
pub(crate) async fn show(visit: Visit, plain: Plain) -> Result<Response, ApiError> {
    let is_known = visit.me.is_some();
    page(&JoinPage { plain, is_known, name: String::new(), said: Said::default() })
}

/// Lets whoever types it in.
pub(crate) async fn send(
    visit: Visit,
    plain: Plain,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let Typed { code, name, password } = typed;
    let name = filled(name);
    match use_up(&visit, &code.trim().into(), (name.clone(), password)).await? {
        Ok(done) => Ok(done),
        Err(error) => {
            let said = Said::of(error)?;
            let (name, is_known) = (name.unwrap_or_default(), visit.me.is_some());
            let again = JoinPage { plain, is_known, name, said };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

/// Says what a link is good for.
pub(crate) async fn show_link(
    visit: Visit,
    plain: Plain,
    At(code): At<String>,
) -> Result<Response, ApiError> {
    let none = (StatusCode::OK, String::new(), Said::default());
    look(visit, plain, &code.trim().into(), none).await
}

/// Lets whoever followed it in.
pub(crate) async fn send_link(
    visit: Visit,
    plain: Plain,
    At(code): At<String>,
    Form(typed): Form<TypedAtLink>,
) -> Result<Response, ApiError> {
    let TypedAtLink { name, password } = typed;
    let (name, code) = (filled(name), code.trim().into());
    match use_up(&visit, &code, (name.clone(), password)).await? {
        Ok(done) => Ok(done),
        Err(error) if is_void(&error) => void(plain),
        Err(error) => {
            let said = Said::of(error)?;
            let again = (StatusCode::UNPROCESSABLE_ENTITY, name.unwrap_or_default(), said);
            look(visit, plain, &code, again).await
        }
    }
}

async fn look(
    visit: Visit,
    plain: Plain,
    code: &SecretString,
    (status, name, said): (StatusCode, String, Said),
) -> Result<Response, ApiError> {
    match visit.engine.look_at_code(visit.me.as_ref(), &visit.whence, code).await {
        Ok(code) => page_with(status, &LinkPage::of(plain, &visit, code, (name, said))),
        Err(error) if is_void(&error) => void(plain),
        Err(error) => Err(error.into()),
    }
}

/// Whether a code leads nowhere: it is none, or none any more.
fn is_void(error: &EngineError) -> bool {
    match error {
        EngineError::People(PeopleError::BadCode) => true,
        EngineError::Invalid(problems) => problems.0.iter().any(|it| it.field == "code"),
        _ => false,
    }
}

fn void(plain: Plain) -> Result<Response, ApiError> {
    page_with(StatusCode::NOT_FOUND, &VoidPage { plain })
}

/// Uses a code up, and signs in whoever chose a password with it.
async fn use_up(
    visit: &Visit,
    code: &SecretString,
    (name, password): (Option<String>, Option<String>),
) -> Result<Result<Response, EngineError>, ApiError> {
    let password = password.map(SecretString::from);
    let accept = Accept { code: code.clone(), name, password: password.clone() };
    let me = visit.me.as_ref();
    let person = match visit.engine.accept_invitation(me, &visit.whence, accept).await {
        Ok(person) => person,
        Err(error) => return Ok(Err(error)),
    };
    let Some(password) = password.filter(|_| me.is_none()) else { return Ok(Ok(see_other("/"))) };
    let request = SignIn { email: person.email.to_string(), password, code: None };
    let done = match visit.engine.begin_session(&visit.whence, request).await {
        Ok(new) => let_in(new, ("/", false)).await?,
        // What was typed is good; the door asks for the rest.
        Err(EngineError::People(PeopleError::SecondFactor)) => see_other("/sign-in"),
        Err(error) => return Err(error.into()),
    };
    Ok(Ok(done))
}
