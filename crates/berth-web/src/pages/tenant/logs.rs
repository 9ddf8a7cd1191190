//! `/organisations/{org}/tenants/{name}/logs`: what a tenant's Odoo said, and what it says.
//!
//! # Invariants
//!
//! * The page begins at once. The lines come after it in the same answer, so that no script is needed to
//!   read them.
//! * Whatever a container says is text: it has no say over the page, the direction of reading or a
//!   terminal.

mod entry;
mod follow;
mod query;

use std::convert::Infallible;

use askama::Template;
use axum::body::Body;
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use berth_engine::{EngineError, logs::Kept};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::TenantPath;
use super::frame::{Frame, Page, base};
use super::harmless;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::pages::fleet::Choice;
use crate::pages::gate::is_by_script;
use crate::pages::html::{page, page_around, page_with};
use crate::pages::shell::{Nav, Seat, Shell};
use crate::pages::words::capitalised;
use entry::{Entries, Entry};
use query::Query;

/// How often a silent stream says that it is alive.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(15);

/// The log of a tenant.
#[derive(Debug, Template)]
#[template(path = "tenant_logs.html", blocks = ["top"])]
struct LogsPage {
    shell: Shell,
    frame: Frame,
    search: String,
    since: String,
    levels: Vec<Choice>,
    tails: Vec<Choice>,
    is_previous: bool,
    is_narrowed: bool,
    said: Vec<String>,
    /// Where the same lines are a file.
    file: String,
}

/// The lines, which come when they were read.
#[derive(Debug, Default, Template)]
#[template(path = "parts/log.html")]
struct Lines {
    entries: Vec<Entry>,
    /// Why there are none, or not all of them.
    problem: Option<String>,
    /// Where what comes after the last line is said. `None`: nothing comes.
    live: Option<String>,
    is_narrowed: bool,
}

/// Lines that are added to those that are shown.
#[derive(Debug, Template)]
#[template(path = "parts/log_entries.html")]
struct More {
    entries: Vec<Entry>,
}

/// Shows the last lines.
pub(crate) async fn show(
    seat: Seat,
    At((org, name)): At<TenantPath>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let context = seat.context.clone();
    let engine = &context.engine;
    let known = engine.known_tenant(&context.actor, &org, &name).await?;
    let overview = engine.overview(&context.actor, &org).await?;
    let said = match engine.check_logs(&query.last()) {
        Ok(()) => Vec::new(),
        Err(EngineError::Invalid(problems)) => problems
            .0
            .iter()
            .map(|it| format!("{}: {}", capitalised(&it.field), it.message))
            .collect(),
        Err(error) => return Err(error.into()),
    };
    let shown = LogsPage {
        search: query.search().to_owned(),
        since: query.since().to_owned(),
        levels: query.levels(),
        tails: query.tails(),
        is_previous: query.is_previous(),
        is_narrowed: query.is_narrowed(),
        file: query.link(&format!("{}/logs/file", base(&org, &name)), None),
        said,
        frame: Frame::of(&known.tenant, (&org, &seat), Page::Logs),
        shell: seat.shell(&overview, (Nav::Fleet, format!("Logs of {name}"))).await?,
    };
    if is_by_script(&headers) {
        return page(&shown.as_top());
    }
    if !shown.said.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let middle = async move { last(&context, (&org, &name), &query).await.render() };
    page_around(&shown, middle)
}

/// Reads the last lines. What goes wrong is said in their place: the page has begun already.
async fn last(context: &Context, (org, name): (&str, &str), query: &Query) -> Lines {
    let is_narrowed = query.is_narrowed();
    let onward = |after| {
        let path = format!("{}/logs/live", base(org, name));
        (!query.is_previous()).then(|| query.link(&path, after))
    };
    let read = context.engine.logs(&context.actor, org, name, &query.last()).await;
    let mut said = match read {
        Ok(said) => said,
        Err(EngineError::NotRunning { .. }) => {
            return Lines { live: onward(None), is_narrowed, ..Lines::default() };
        }
        Err(error) => {
            return Lines { problem: Some(in_words(&error)), is_narrowed, ..Lines::default() };
        }
    };
    let mut gathered = Entries::new(query.search());
    let mut shown = Lines { is_narrowed, ..Lines::default() };
    let mut at = None;
    while let Some(line) = said.next().await {
        match line {
            Ok(line) => {
                at = Some(line.at);
                shown.entries.extend(gathered.push(line));
            }
            Err(error) => {
                shown.problem = Some(in_words(&error));
                break;
            }
        }
    }
    shown.entries.extend(gathered.finish());
    shown.live = onward(at);
    shown
}

/// A failure, and what stands behind it.
fn in_words(error: &EngineError) -> String {
    format!("{}.", capitalised(&harmless::text(&berth_domain::chain(error))))
}

/// Streams what is said from now on, as it is shown.
pub(crate) async fn live(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A browser that lost its connection says what it has seen last.
    let seen = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let request = query.after(seen);
    context.engine.check_logs(&request)?;
    // That there is such a tenant is said before anything is streamed.
    context.engine.known_tenant(&context.actor, &org, &name).await?;
    let over = {
        let context = context.clone();
        async move { context.over().await }
    };
    let place = (context, org, name);
    let events = follow::events(place, request, query.search());
    let told = events.map(Ok::<_, Infallible>).take_until(over);
    Ok(Sse::new(told)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"))
        .into_response())
}

/// Sends the lines as a file, as many as are kept.
pub(crate) async fn file(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(query): Asked<Query>,
) -> Result<Response, ApiError> {
    let lines = context.engine.logs(&context.actor, &org, &name, &query.all()).await;
    let lines = match lines {
        Ok(lines) => lines.map_ok(|line| Bytes::from(as_text(&line))).boxed(),
        Err(EngineError::NotRunning { .. }) => stream::empty().boxed(),
        Err(error) => return Err(error.into()),
    };
    // Names of tenants are letters, digits and hyphens.
    let name = format!("attachment; filename=\"{name}.log\"");
    let name = HeaderValue::from_str(&name).map_err(|_| ApiError::NoSuchPath)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(ended(lines))).into_response())
}

/// A line that could not be read ends the file, and is its last line.
fn ended(
    lines: impl Stream<Item = Result<Bytes, EngineError>>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    lines.map(|line| {
        Ok(line.unwrap_or_else(|error| Bytes::from(format!("berth: {}\n", in_words(&error)))))
    })
}

fn as_text(line: &Kept) -> String {
    format!("{} {}\n", line.at, harmless::text(&line.text))
}
