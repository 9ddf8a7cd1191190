//! `/join`: an invitation is accepted, or a password that was reset is chosen anew.

use askama::Template;
use axum::response::Response;
use berth_engine::request::{Accept, SignIn};
use berth_engine::{EngineError, PeopleError};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Said, let_in};
use crate::context::Visit;
use crate::error::ApiError;
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::shell::Plain;

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    code: String,
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
    let (name, password) = (filled(name), password.map(SecretString::from));
    let code = SecretString::from(code.trim().to_owned());
    let accept = Accept { code, name: name.clone(), password: password.clone() };
    let me = visit.me.as_ref();
    match (visit.engine.accept_invitation(me, &visit.whence, accept).await, password) {
        (Ok(person), Some(password)) if me.is_none() => {
            let request = SignIn { email: person.email.to_string(), password, code: None };
            match visit.engine.begin_session(&visit.whence, request).await {
                Ok(new) => let_in(new, ("/", false)).await,
                // What was typed is good; the door asks for the rest.
                Err(EngineError::People(PeopleError::SecondFactor)) => Ok(see_other("/sign-in")),
                Err(error) => Err(error.into()),
            }
        }
        (Ok(_), _) => Ok(see_other("/")),
        (Err(error), _) => {
            let said = Said::of(error)?;
            let (name, is_known) = (name.unwrap_or_default(), me.is_some());
            let again = JoinPage { plain, is_known, name, said };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}
