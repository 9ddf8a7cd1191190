//! One of them: where it leads, what it is told, and what became of the messages.

use askama::Template;
use axum::response::Response;
use berth_domain::notice::{DeliveryState, KINDS};
use berth_engine::EngineError;
use berth_engine::request::{HistoryRequest, SetWebhook};
use berth_engine::view::{Channel, WebhookView};
use http::StatusCode;
use serde::Deserialize;

use super::row::{MessageRow, word};
use super::{WebhookPath, one};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::form::{Form, filled};
use crate::pages::html::{page, page_with, see_other};
use crate::pages::link::link;
use crate::pages::said::Said;
use crate::pages::settings::routines::WebhookRow;
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::{moment, who};

/// How many messages a page has.
const PAGE: u32 = 25;

/// What the address says: what was just done, and which messages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Query {
    done: Option<String>,
    state: Option<String>,
    before: Option<String>,
}

/// What is typed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// Mail has none.
    #[serde(default)]
    url: Option<String>,
    events: String,
    /// There if it is checked.
    #[serde(default)]
    enabled: Option<String>,
}

/// Somebody who is told.
#[derive(Debug, Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    shell: Shell,
    base: String,
    row: WebhookRow,
    /// Who made it, or changed it last, and when it was made.
    by: String,
    made: String,
    /// `None`: mail, whose readers the configuration names.
    url: Option<String>,
    events: String,
    is_on: bool,
    kinds: [&'static str; 8],
    messages: Vec<MessageRow>,
    /// States of messages: as the address says them, in words, and whether only those are shown.
    states: Vec<(&'static str, &'static str, bool)>,
    is_narrowed: bool,
    first: Option<String>,
    next: Option<String>,
    /// What was just done.
    done: Option<&'static str>,
    said: Said,
}

/// Shows it.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<WebhookPath>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    page(&gather(seat, (&org, &name), query, (None, Said::default())).await?)
}

/// Changes it.
pub(crate) async fn set(
    seat: Seat,
    At((org, name)): At<WebhookPath>,
    Form(typed): Form<Typed>,
) -> Result<Response, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let now = engine.webhook(&actor, &org, &name).await?.subscription;
    let is_on = typed.enabled.is_some();
    let request = SetWebhook {
        url: typed.url.as_ref().map(|url| url.trim().to_owned()),
        events: filled(Some(typed.events.clone())).or_else(|| Some("*".to_owned())),
        // Why it is off is kept as long as it is.
        enabled: (is_on != now.disabled.is_none()).then_some(is_on),
    };
    match engine.set_webhook(&actor, (&org, &name), &request).await {
        Ok(_) => Ok(see_other(&format!("{}?done=set", one(&org, &name)))),
        Err(error) => again(seat, (&org, &name), (Some(typed), error)).await,
    }
}

/// Shows it again, because something could not be done.
pub(super) async fn again(
    seat: Seat,
    at: (&str, &str),
    (typed, error): (Option<Typed>, EngineError),
) -> Result<Response, ApiError> {
    let said = match error {
        EngineError::NotDelivered(why) => {
            let whole = Some(format!("The message did not arrive: {why}."));
            Said { whole, fields: Vec::new() }
        }
        error => Said::of(error)?,
    };
    let again = gather(seat, at, Query::default(), (typed, said)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

/// Words what an address says was done. Only these are said: anybody can make up an address.
fn told(done: &str) -> Option<&'static str> {
    Some(match done {
        "set" => "It is changed. You answer for it from now on.",
        "test" => "The message to try it out arrived.",
        "again" => "The message is sent again, with the same id.",
        _ => return None,
    })
}

async fn gather(
    seat: Seat,
    (org, name): (&str, &str),
    query: Query,
    (typed, said): (Option<Typed>, Said),
) -> Result<WebhookPage, ApiError> {
    let (engine, actor) = (seat.context.engine.clone(), seat.context.actor.clone());
    let view = engine.webhook(&actor, org, name).await?;
    let (only, before) = (filled(query.state), filled(query.before));
    let base = one(org, name);
    let narrowed =
        |before: Option<&str>| link(&base, [("state", only.as_deref()), ("before", before)]);
    let first = before.is_some().then(|| narrowed(None));
    let request = HistoryRequest { only: only.clone(), before, limit: Some(PAGE) };
    let messages = engine.messages(&actor, org, name, &request).await?;
    let overview = engine.overview(&actor, org).await?;
    let now = engine.now();
    let WebhookView { subscription, .. } = &view;
    let url = match &subscription.channel {
        Channel::Webhook { url } => Some(url.clone()),
        Channel::Mail => None,
    };
    let (is_on, events) = (subscription.disabled.is_none(), subscription.events.to_string());
    let state = |state: &DeliveryState| {
        (state.as_str(), word(*state), only.as_deref() == Some(state.as_str()))
    };
    Ok(WebhookPage {
        by: who(&subscription.created_by.to_string()),
        made: moment(subscription.created_at),
        is_on: typed.as_ref().map_or(is_on, |typed| typed.enabled.is_some()),
        events: typed.as_ref().map_or(events, |typed| typed.events.clone()),
        url: url.map(|url| typed.and_then(|typed| typed.url).unwrap_or(url)),
        kinds: KINDS,
        next: messages.next.as_deref().map(|before| narrowed(Some(before))),
        messages: messages.items.into_iter().map(|it| MessageRow::of(it, now)).collect(),
        states: DeliveryState::ALL.iter().map(state).collect(),
        is_narrowed: only.is_some(),
        first,
        done: query.done.as_deref().and_then(told),
        said,
        row: WebhookRow::of(view),
        shell: seat.shell(&overview, (Nav::Organisation, name.to_owned())).await?,
        base,
    })
}
