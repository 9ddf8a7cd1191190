//! What is said from now on, as events that hold what is shown.
//!
//! # Invariants
//!
//! * An entry is told when it is whole: the next one has begun, or nothing came for a moment.
//! * A log that ends is opened again after a pause: the tenant may be started again while somebody looks.

use std::time::Duration;

use askama::Template as _;
use axum::response::sse::Event;
use berth_domain::Timestamp;
use berth_engine::EngineError;
use berth_engine::logs::Kept;
use berth_engine::request::ReadLogs;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};
use tokio::time::{sleep, timeout};

use super::More;
use super::entry::{Entries, Entry};
use crate::context::Context;

/// After so long without a line an entry is whole.
const QUIET: Duration = Duration::from_millis(400);
/// Before a log that ended is opened again.
const PAUSE: Duration = Duration::from_secs(3);
/// How many entries come in one event at most.
const TOGETHER: usize = 200;

type Lines = BoxStream<'static, Result<Kept, EngineError>>;

struct Following {
    /// Who looks at which tenant of which organisation.
    place: (Context, String, String),
    request: ReadLogs,
    entries: Entries,
    /// `None`: the log is to be opened.
    lines: Option<Lines>,
    /// The last line that was told or is held back.
    at: Option<Timestamp>,
}

/// Tells what a tenant says. It has no end of its own.
pub(super) fn events(
    place: (Context, String, String),
    request: ReadLogs,
    search: &str,
) -> impl Stream<Item = Event> + Send + use<> {
    let entries = Entries::new(search);
    let following = Following { place, request, entries, lines: None, at: None };
    let whole = stream::unfold(following, |mut following| async move {
        let told = following.next().await;
        Some((told, following))
    });
    whole.ready_chunks(TOGETHER).map(event)
}

/// What is added to the page, under the time of its last line.
fn event(told: Vec<(Vec<Entry>, Option<Timestamp>)>) -> Event {
    let at = told.iter().rev().find_map(|(_, at)| *at);
    let entries = told.into_iter().flat_map(|(entries, _)| entries).collect();
    let html = More { entries }.render().unwrap_or_default();
    let event = Event::default().data(html.trim());
    match at {
        Some(at) => event.id(at.to_string()),
        None => event,
    }
}

impl Following {
    /// Waits for entries that are whole.
    async fn next(&mut self) -> (Vec<Entry>, Option<Timestamp>) {
        loop {
            let Some(lines) = &mut self.lines else {
                self.open().await;
                continue;
            };
            let line = if self.entries.is_open() {
                let Ok(line) = timeout(QUIET, lines.next()).await else {
                    return (self.entries.finish(), self.at);
                };
                line
            } else {
                lines.next().await
            };
            match line {
                Some(Ok(line)) => {
                    let before = self.at.replace(line.at);
                    let whole = self.entries.push(line);
                    if !whole.is_empty() {
                        // What is held back was not told: whoever comes again has to be told of it.
                        let at = if self.entries.is_open() { before } else { self.at };
                        return (whole, at);
                    }
                }
                Some(Err(_)) | None => self.lines = None,
            }
        }
    }

    /// Opens the log behind what was told, or waits before that is tried again.
    async fn open(&mut self) {
        if let Some(at) = self.at {
            sleep(PAUSE).await;
            self.request.since = Some(at.to_string());
        }
        let (context, org, name) = &self.place;
        match context.engine.logs(&context.actor, org, name, &self.request).await {
            Ok(lines) => self.lines = Some(lines),
            Err(_) => sleep(PAUSE).await,
        }
    }
}
