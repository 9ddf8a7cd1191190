//! `/organisations/{org}/tenants/{name}/open-as-admin`: into a tenant, as its administrator.

use askama::Template;
use axum::response::Response;
use axum::routing::{get, post};
use berth_domain::access::Right::Secrets;
use http::{HeaderValue, header};
use secrecy::ExposeSecret as _;

use super::html::page;
use super::shell::{Nav, Seat, Shell};
use crate::error::ApiError;
use crate::extract::At;
use crate::routes::Route;

/// What will happen, and a button.
#[derive(Debug, Template)]
#[template(path = "open.html")]
struct OpenPage {
    shell: Shell,
    name: String,
    host: String,
}

/// Sends the browser on to the link. Not by a redirect: that would be one of a form, which no page lets
/// lead to another host (`form-action`).
#[derive(Template)]
#[template(path = "opening.html")]
struct OpeningPage {
    name: String,
    link: String,
}

pub(super) fn routes() -> Vec<Route> {
    const OPEN: &str = "/organisations/{org}/tenants/{name}/open-as-admin";
    vec![
        Route::page("GET", OPEN, Secrets, get(show), "open_as_admin_page"),
        // Each time it is another link, and what is answered is kept by nobody.
        Route::page("POST", OPEN, Secrets, post(open), "open_as_admin_form").repeats(),
    ]
}

async fn show(seat: Seat, At((org, name)): At<(String, String)>) -> Result<Response, ApiError> {
    let engine = seat.context.engine.clone();
    let actor = seat.context.actor.clone();
    let tenant = engine.known_tenant(&actor, &org, &name).await?.tenant.tenant;
    let overview = engine.overview(&actor, &org).await?;
    let shell = seat.shell(&overview, (Nav::Fleet, format!("Open {name}"))).await?;
    page(&OpenPage { shell, name: tenant.name.to_string(), host: tenant.host.to_string() })
}

async fn open(seat: Seat, At((org, name)): At<(String, String)>) -> Result<Response, ApiError> {
    let link = seat.context.engine.login_link(&seat.context.actor, &org, &name).await?;
    let link = link.url.expose_secret().to_owned();
    let mut response = page(&OpeningPage { name, link })?;
    // The tenant need not know where its visitors come from.
    let policy = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, policy);
    Ok(response)
}
