//! `GET /api/v1/organisations/{org}/operations`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::OperationFilter;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Which operations.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// A state of an operation.
    state: Option<String>,
    /// A kind of operation, as in `tenant.create`.
    kind: Option<String>,
    /// The name of a tenant.
    tenant: Option<String>,
    /// `-created`, newest first, which is the default, or `created`, oldest first.
    sort: Option<String>,
    /// Newest first: older than this one, which is what `next` of the page before is.
    before: Option<String>,
    /// Oldest first: younger than this one, which is what `next` of the page before is.
    after: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists operations, newest first unless another order is asked for.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::Operation>>, ApiError> {
    let Filter { state, kind, tenant, sort, before, after, limit } = filter;
    let filter = OperationFilter { state, kind, tenant, sort, before, after, limit };

    let page = context.engine.operations(&context.actor, &org, &filter).await?;

    let items = page.operations.into_iter().map(present::operation).collect();
    Ok(Json(api::List { items, next: page.next }))
}
