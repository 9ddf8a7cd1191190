//! `/sign-in`

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use berth_engine::request::SignIn;
use berth_engine::view::NewSession;
use berth_engine::{EngineError, PeopleError};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{Said, is_by_script, let_in, onward};
use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Asked;
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::link::link;
use crate::pages::resend::Again;
use crate::pages::shell::Plain;
use crate::request::RequestInfo;

/// Where somebody wanted to go.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Before {
    to: Option<String>,
}

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    email: String,
    password: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    to: Option<String>,
    /// What somebody was about to send to `to` when their session was over.
    #[serde(default)]
    again: Option<String>,
}

/// Who are you?
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    plain: Plain,
    email: String,
    to: String,
    /// A form that came too late. Empty: none did.
    again: String,
    /// Where else people sign in: the address that leads there, and what it is called.
    providers: Vec<(String, String)>,
    answer: Answer,
}

/// Whoever signed in again may send what they were about to send.
#[derive(Debug, Template)]
#[template(path = "again.html")]
struct AgainPage {
    plain: Plain,
    again: Again,
}

/// What came of the last attempt.
#[derive(Debug, Default, Template)]
#[template(path = "parts/sign_in_answer.html")]
struct Answer {
    said: Option<String>,
    wants_code: bool,
}

/// Asks who somebody is.
pub(crate) async fn show(
    visit: Visit,
    plain: Plain,
    Asked(before): Asked<Before>,
) -> Result<Response, ApiError> {
    let to = onward(before.to.as_deref());
    if visit.me.is_some() {
        return Ok(see_other(&to));
    }
    if !visit.engine.is_claimed().await? {
        return Ok(see_other("/claim"));
    }
    let (email, again) = (String::new(), String::new());
    let providers = providers(&visit, &to);
    page(&SignInPage { plain, email, to, again, providers, answer: Answer::default() })
}

/// Asks who somebody is who sent a form when their session was over. What the form said stays in the page.
pub(in crate::pages) fn again(info: &RequestInfo, again: &Again, status: StatusCode) -> Response {
    let (host, origin) = (String::new(), String::new());
    let plain = Plain { theme: info.theme, host, origin, is_in_the_clear: false };
    let door = SignInPage {
        plain,
        email: String::new(),
        to: info.path.clone(),
        again: again.packed(),
        // They would come back without what was typed.
        providers: Vec::new(),
        answer: Answer::default(),
    };
    page_with(status, &door).unwrap_or_else(|_| status.into_response())
}

fn providers(visit: &Visit, to: &str) -> Vec<(String, String)> {
    let address = |id| link(&format!("/api/v1/sign-in/providers/{id}"), [("next", Some(to))]);
    let providers = visit.engine.sign_in_providers().into_iter();
    providers.map(|provider| (address(provider.id), provider.name)).collect()
}

/// Hears it.
pub(crate) async fn send(
    visit: Visit,
    plain: Plain,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let Typed { email, password, code, to, again } = typed;
    let to = onward(to.as_deref());
    let by_script = is_by_script(&headers);
    let request = SignIn {
        email: email.clone(),
        password: password.into(),
        code: filled(code).map(Into::into),
    };
    let error = match visit.engine.begin_session(&visit.whence, request).await {
        Ok(new) => match filled(again.clone()) {
            Some(form) => return let_back_in(new, plain, Again::read(&to, form.as_bytes())).await,
            None => return let_in(new, (&to, by_script)).await,
        },
        Err(error) => error,
    };
    let wants_code = matches!(error, EngineError::People(PeopleError::SecondFactor));
    let said = Said::of(error)?;
    let said = match said.whole {
        // With the password it is too much said about the code that is not there yet.
        Some(_) if wants_code => None,
        Some(said) => Some(said),
        None => said.fields.first().map(|(field, said)| format!("{field}: {said}")),
    };
    let answer = Answer { said, wants_code };
    if by_script {
        return page(&answer);
    }
    let again = again.unwrap_or_default();
    let providers = providers(&visit, &to);
    let page = SignInPage { plain, email, to, again, providers, answer };
    page_with(StatusCode::UNAUTHORIZED, &page)
}

/// Lets somebody in, and shows them the form that they were about to send.
async fn let_back_in(new: NewSession, plain: Plain, again: Again) -> Result<Response, ApiError> {
    let mut response = page(&AgainPage { plain, again })?;
    let inside = let_in(new, ("/", false)).await?;
    if let Some(cookie) = inside.headers().get(header::SET_COOKIE) {
        response.headers_mut().insert(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}
