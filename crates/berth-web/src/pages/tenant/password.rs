//! `/organisations/{org}/tenants/{name}/password`: shows how to sign in, once, to whoever asks by a form.

use askama::Template;
use axum::response::Response;
use berth_engine::EngineError;
use secrecy::ExposeSecret as _;

use super::TenantPath;
use super::frame::{Frame, Page};
use crate::error::ApiError;
use crate::extract::At;
use crate::pages::form::{Form, Nothing};
use crate::pages::html::page;
use crate::pages::shell::{Nav, Seat, Shell};

/// How to sign in. Nobody prints it.
#[derive(Template)]
#[template(path = "tenant_password.html", blocks = ["top"])]
struct PasswordPage {
    shell: Shell,
    frame: Frame,
    address: String,
    login: String,
    /// `None`: Berth does not know it.
    password: Option<String>,
}

/// Shows it. That somebody looked is written down by the engine.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let known = engine.known_tenant(&actor, &org, &name).await?;
    let overview = engine.overview(&actor, &org).await?;
    let password = match engine.show_password(&actor, &org, &name).await {
        Ok(credentials) => Some(credentials.password.expose_secret().to_owned()),
        Err(EngineError::NoPassword { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    page(&PasswordPage {
        address: known.tenant.url.clone(),
        login: known.tenant.tenant.odoo.admin_login.to_string(),
        password,
        frame: Frame::of(&known.tenant, (&org, &seat), Page::Overview),
        shell: seat.shell(&overview, (Nav::Fleet, name)).await?,
    })
}
