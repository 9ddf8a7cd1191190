//! All of them, and a new one.

use askama::Template;
use axum::response::Response;
use berth_domain::notice::KINDS;
use berth_engine::request::{CreateWebhook, PageRequest};
use http::StatusCode;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::all;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::settings::routines::WebhookRow;
use crate::pages::shell::{Nav, Seat, Shell};

/// How many a page has.
const PAGE: u32 = 50;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    after: Option<String>,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    url: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    events: String,
}

/// Who is told.
#[derive(Debug, Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    shell: Shell,
    rows: Vec<WebhookRow>,
    first: Option<String>,
    next: Option<String>,
    /// What can be told.
    kinds: [&'static str; 8],
    typed: Typed,
    said: Said,
}

/// What its messages are signed with, this once.
#[derive(Debug, Template)]
#[template(path = "webhook_secret.html")]
struct SecretPage {
    shell: Shell,
    name: String,
    secret: String,
}

/// Lists them by name.
pub(crate) async fn show(
    seat: Seat,
    At(org): At<String>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    page(&gather(seat, &org, query, (Typed::default(), Said::default())).await?)
}

/// Makes one, and shows its secret.
pub(crate) async fn create(
    seat: Seat,
    At(org): At<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let request = CreateWebhook {
        url: typed.url.trim().to_owned(),
        name: filled(Some(typed.name.clone())),
        events: filled(Some(typed.events.clone())),
    };
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    match engine.create_webhook(&actor, &org, &request).await {
        Ok(new) => {
            let overview = engine.overview(&actor, &org).await?;
            page(&SecretPage {
                name: new.webhook.subscription.name,
                secret: new.secret.expose_secret().to_owned(),
                shell: seat.shell(&overview, (Nav::Organisation, "Webhook".to_owned())).await?,
            })
        }
        Err(error) => {
            let said = Said::of(error)?;
            let again = gather(seat, &org, Query::default(), (typed, said)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
        }
    }
}

async fn gather(
    seat: Seat,
    org: &str,
    query: Query,
    (typed, said): (Typed, Said),
) -> Result<WebhooksPage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let after = filled(query.after);
    let first = after.is_some().then(|| all(org));
    let request = PageRequest { after, limit: Some(PAGE), sort: None };
    let listed = engine.webhooks(&actor, org, &request).await?;
    let overview = engine.overview(&actor, org).await?;
    Ok(WebhooksPage {
        rows: listed.items.into_iter().map(WebhookRow::of).collect(),
        first,
        next: listed.next.as_deref().map(|after| link(&all(org), [("after", Some(after))])),
        kinds: KINDS,
        typed,
        said,
        shell: seat.shell(&overview, (Nav::Organisation, "Webhooks".to_owned())).await?,
    })
}
