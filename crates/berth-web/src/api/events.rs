//! `GET /api/v1/organisations/{org}/events`

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use axum::response::sse::Event;
use berth_engine::view::EventView;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::stream::{event, respond};
use crate::context::{Context, WebState};
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Where a stream of events resumes: `Last-Event-ID`, which clients send by themselves when they
/// reconnect, else `?after=`, else the beginning.
#[derive(Debug)]
pub(crate) struct After(pub(crate) i64);

/// The query of event streams.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AfterQuery {
    /// Only events with a higher id. `Last-Event-ID` beats it.
    after: i64,
}

impl FromRequestParts<WebState> for After {
    type Rejection = ApiError;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &WebState,
    ) -> Result<Self, Self::Rejection> {
        let Asked(query) = Asked::<AfterQuery>::from_request_parts(parts, state).await?;
        let last = last_event(&parts.headers)?;
        Ok(Self(last.unwrap_or(query.after)))
    }
}

/// Reads `Last-Event-ID`. `None`: there is none.
pub(crate) fn last_event(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(last) = headers.get("last-event-id") else { return Ok(None) };
    let id = last.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some).ok_or_else(|| ApiError::Unreadable {
        detail: "`Last-Event-ID` must be the id of an event, a whole number".to_owned(),
        problems: Vec::new(),
    })
}

/// Streams what happens to all operations of an organisation, old and new, without end.
pub(crate) async fn events(
    context: Context,
    At(org): At<String>,
    After(after): After,
) -> Result<Response, ApiError> {
    let events = context.engine.events(&context.actor, &org, after, None).await?;
    Ok(respond(context, events, present_event))
}

/// An event whose id lets a client resume after it.
pub(crate) fn present_event(view: EventView) -> Event {
    let api = present::event(view);
    event(&api.kind, &api).id(api.id.to_string())
}
