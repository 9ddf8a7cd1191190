//! `/organisations/{org}/tenants/{name}/password`: shows how to sign in, once, to whoever asks by a form, and
//! sets another password.
//!
//! # Invariants
//!
//! * What answers holds a password: it is kept nowhere, and a form that is sent twice sets one password.

use askama::Template;
use axum::response::Response;
use berth_engine::EngineError;
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::TenantPath;
use super::frame::{Frame, Page};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::page_with;
use crate::pages::said::Said;
use crate::pages::shell::{Nav, Seat, Shell};

/// How to sign in. Nobody prints it.
#[derive(Template)]
#[template(path = "tenant_password.html", blocks = ["top"])]
struct PasswordPage {
    shell: Shell,
    frame: Frame,
    address: String,
    login: String,
    /// `None`: it is not shown.
    password: Option<String>,
    /// Whether Berth knows one.
    is_known: bool,
    /// Whether it was set just now.
    is_new: bool,
    said: Said,
}

/// Another password. Nobody prints it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Empty: one is made up.
    #[serde(default)]
    password: String,
}

/// What there is to show of a password.
enum Shown {
    Known(String),
    New(String),
    Unknown,
    Refused(Said),
}

/// Shows it. That somebody looked is written down by the engine.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    let shown = match engine.show_password(actor, &org, &name).await {
        Ok(credentials) => Shown::Known(credentials.password.expose_secret().to_owned()),
        Err(EngineError::NoPassword { .. }) => Shown::Unknown,
        Err(error) => return Err(error.into()),
    };
    answer(seat, (org, name), shown).await
}

/// Sets another one, and shows it.
pub(crate) async fn send(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(Typed { password }): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (&seat.context.engine, &seat.context.actor);
    // Whoever means a password means each of its characters.
    let password = Some(password).filter(|typed| !typed.is_empty()).map(SecretString::from);
    let shown = match engine.reset_password(actor, &org, &name, password).await {
        Ok(credentials) => Shown::New(credentials.password.expose_secret().to_owned()),
        Err(error @ EngineError::Invalid(_)) => Shown::Refused(Said::of(error)?),
        Err(error) => return Err(error.into()),
    };
    answer(seat, (org, name), shown).await
}

async fn answer(
    seat: Seat,
    (org, name): (String, String),
    shown: Shown,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    let overview = engine.overview(&actor, &org).await?;
    let is_new = matches!(shown, Shown::New(_));
    let is_known = !matches!(shown, Shown::Unknown);
    let (status, password, said) = match shown {
        Shown::Known(password) | Shown::New(password) => {
            (StatusCode::OK, Some(password), Said::default())
        }
        Shown::Unknown => (StatusCode::OK, None, Said::default()),
        Shown::Refused(said) => (StatusCode::UNPROCESSABLE_ENTITY, None, said),
    };
    let shown = PasswordPage {
        address: known.tenant.url.clone(),
        login: known.tenant.tenant.odoo.admin_login.to_string(),
        password,
        is_known,
        is_new,
        said,
        frame: Frame::of(&known.tenant, (&org, &seat), Page::Overview),
        shell: seat.shell(&overview, (Nav::Fleet, name)).await?,
    };
    page_with(status, &shown)
}
