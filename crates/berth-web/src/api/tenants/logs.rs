//! `GET /api/v1/organisations/{org}/tenants/{name}/logs`

use axum::response::Response;
use berth_domain::Timestamp;
use berth_runtime::{LogQuery, RuntimeError};
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use crate::api::stream::{event, respond};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Which lines.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Lines {
    /// Wait for more after the last line.
    follow: bool,
    /// The last so many. Default: all that are kept.
    tail: Option<u32>,
    /// Only younger ones.
    since: Option<Timestamp>,
}

/// Streams the log of a tenant's container, each line as the event `line`.
pub(crate) async fn logs(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(Lines { follow, tail, since }): Asked<Lines>,
) -> Result<Response, ApiError> {
    let query = LogQuery { tail, follow, since };
    let lines = context.engine.logs(&context.actor, &org, &name, query).await?;
    Ok(respond(context, lines, |line| event("line", &present::log_line(line))))
}

/// A log that breaks off in the middle.
impl From<RuntimeError> for ApiError {
    fn from(error: RuntimeError) -> Self {
        Self::Engine(berth_engine::EngineError::Runtime(error))
    }
}
