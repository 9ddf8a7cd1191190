//! `GET /api/v1/organisations/{org}/tenants/{name}/logs`

use axum::response::Response;
use berth_engine::request::ReadLogs;
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

/// Streams what a tenant's containers said, each line as the event `line`.
pub(crate) async fn logs(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(lines): Asked<Lines>,
) -> Result<Response, ApiError> {
    let Lines { follow, tail, since, until, search, level, previous } = lines;
    let request = ReadLogs { tail, follow, since, until, search, level, previous };
    let lines = context.engine.logs(&context.actor, &org, &name, &request).await?;
    Ok(respond(context, lines, |line| event("line", &present::log_line(line))))
}
