//! `GET /api/v1/organisations/{org}/tenants/{name}/logs`

use axum::response::Response;
use berth_engine::logs::{Mark, Marker};
use berth_engine::request::ReadLogs;
use futures_util::TryStreamExt as _;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use crate::api::stream::{event, respond};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Which lines.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Lines {
    /// Wait for more after the last line.
    follow: bool,
    /// The last so many. Default: all that are kept.
    tail: Option<u32>,
    /// Only younger ones: a span (`30m`, `2h`, `3d`), a day or a time (RFC 3339).
    since: Option<String>,
    /// Only those up to then.
    until: Option<String>,
    /// Only messages with this in them, whatever the case.
    search: Option<String>,
    /// Only messages at least so important: `debug`, `info`, `warning`, `error` or `critical`.
    level: Option<String>,
    /// Only what the container before this one said.
    previous: bool,
}

/// Streams what a tenant's containers said, each line as the event `line`. Whoever comes again goes on behind
/// the line whose id they show.
pub(crate) async fn logs(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(lines): Asked<Lines>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Lines { follow, tail, since, until, search, level, previous } = lines;
    let seen = last_line(&headers)?;
    let request = ReadLogs { tail, follow, since, until, search, level, previous, seen };
    let lines = context.engine.logs(&context.actor, &org, &name, &request).await?;
    let mut marker = Marker::behind(seen);
    let told = lines.map_ok(move |line| (marker.mark(&line), line));
    Ok(respond(context, told, |(mark, line)| {
        let event = event("line", &present::log_line(line));
        match mark {
            Some(mark) => event.id(mark.to_string()),
            None => event,
        }
    }))
}

/// Reads `Last-Event-ID` of a log. `None`: there is none.
pub(crate) fn last_line(headers: &HeaderMap) -> Result<Option<Mark>, ApiError> {
    let Some(last) = headers.get("last-event-id") else { return Ok(None) };
    let mark = last.to_str().ok().and_then(|text| text.parse().ok());
    mark.map(Some).ok_or_else(|| ApiError::Unreadable {
        detail: "`Last-Event-ID` must be the id of a line, as in `2026-12-01T05:00:00.25Z/1`"
            .to_owned(),
        problems: Vec::new(),
    })
}
