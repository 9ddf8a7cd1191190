//! `/claim`

use askama::Template;
use axum::response::Response;
use berth_engine::request::{Claim, SignIn};
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;

use super::{Said, let_in};
use crate::context::Visit;
use crate::error::ApiError;
use crate::pages::form::Form;
use crate::pages::html::{page, page_with, see_other};
use crate::pages::shell::Plain;

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    code: String,
    name: String,
    email: String,
    password: String,
}

/// Nobody owns this server yet.
#[derive(Debug, Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    plain: Plain,
    name: String,
    email: String,
    said: Said,
}

/// Asks for the code that proves that somebody can reach the host.
pub(crate) async fn show(visit: Visit, plain: Plain) -> Result<Response, ApiError> {
    if visit.engine.is_claimed().await? {
        return Ok(see_other("/sign-in"));
    }
    page(&ClaimPage { plain, name: String::new(), email: String::new(), said: Said::default() })
}

/// Makes whoever types it the first operator, and signs them in.
pub(crate) async fn send(
    visit: Visit,
    plain: Plain,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let Typed { code, name, email, password } = typed;
    let password = SecretString::from(password);
    let request = Claim {
        code: code.trim().to_owned().into(),
        email: email.clone(),
        name: name.clone(),
        password: password.clone(),
    };
    match visit.engine.claim_installation(&visit.whence, request).await {
        Ok(_) => {
            let request = SignIn { email, password, code: None };
            let new = visit.engine.begin_session(&visit.whence, request).await?;
            let_in(new, ("/", false)).await
        }
        Err(error) => {
            let said = Said::of(error)?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &ClaimPage { plain, name, email, said })
        }
    }
}
