//! Event streams (WHATWG HTML, "Server-sent events").

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::{Stream, StreamExt as _};

use crate::context::Context;
use crate::error::ApiError;

/// How often a silent stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Sends each item as an event until the items end, an item is an error (sent as the event
/// `problem`), Berth stops, or the token that was shown is not good any more.
pub(crate) fn respond<T, E>(
    context: Context,
    items: impl Stream<Item = Result<T, E>> + Send + 'static,
    present: impl Fn(T) -> Event + Send + 'static,
) -> Response
where
    T: Send + 'static,
    E: Into<ApiError> + Send + 'static,
{
    let request = context.request.clone();
    let over = async move { context.over().await };
    let events = items.map(move |item| {
        Ok::<_, Infallible>(
            item.map_or_else(|error| event("problem", &error.into().problem(&request)), &present),
        )
    });
    Sse::new(events.take_until(over))
        .keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive"))
        .into_response()
}

/// Returns an event with JSON in it.
pub(crate) fn event(name: &str, data: &impl serde::Serialize) -> Event {
    let json = serde_json::to_string(data).expect("wire types have string keys only");
    Event::default().event(name).data(json)
}
