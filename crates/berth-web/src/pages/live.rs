//! `/organisations/{org}/live`: tells open pages that something changed, so that they look again.
//!
//! # Invariants
//!
//! * The first message comes at once: a page that lost its connection is right again when it has another.
//! * However much happens, a page is told at most twice a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};

use super::shell::Seat;
use crate::error::ApiError;
use crate::extract::At;

/// How often a silent stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long what happens is gathered.
const GATHERED: Duration = Duration::from_millis(500);

/// Streams `changed`, each time that anything happened in an organisation.
pub(crate) async fn stream(seat: Seat, At(org): At<String>) -> Result<Response, ApiError> {
    let context = seat.context;
    let newest = context.engine.newest_event(&context.actor).await?;
    let events = context.engine.events(&context.actor, &org, newest, None).await?;
    let over = async move { context.over().await };
    let first = stream::iter([changed()]);
    let later = events.ready_chunks(500).then(|_| async {
        tokio::time::sleep(GATHERED).await;
        changed()
    });
    let told = first.chain(later).map(Ok::<_, Infallible>).take_until(over);
    Ok(Sse::new(told)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"))
        .into_response())
}

fn changed() -> Event {
    Event::default().event("changed").data("")
}
