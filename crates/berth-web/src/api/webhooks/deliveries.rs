//! `GET /api/v1/organisations/{org}/webhooks/{name}/deliveries`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::HistoryRequest;
use schemars::JsonSchema;
use serde::Deserialize;

use super::WebhookPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::page;
use crate::present;

/// Which messages.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// Only those that are `waiting`, `delivered` or `given_up`.
    state: Option<String>,
    /// Older than this one, which is what `next` of the page before is.
    before: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists messages, newest first.
pub(crate) async fn deliveries(
    context: Context,
    At((org, name)): At<WebhookPath>,
    Asked(Filter { state, before, limit }): Asked<Filter>,
) -> Result<Json<api::List<api::Delivery>>, ApiError> {
    let request = HistoryRequest { only: state, before, limit };
    let messages = context.engine.messages(&context.actor, &org, &name, &request).await?;
    Ok(Json(page(messages, present::delivery)))
}
