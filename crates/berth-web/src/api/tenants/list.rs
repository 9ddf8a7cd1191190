//! `GET /api/v1/organisations/{org}/tenants`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::TenantFilter;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Which tenants.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// A state of a tenant.
    state: Option<String>,
    /// A stage of a tenant.
    stage: Option<String>,
    /// Part of the name or host.
    text: Option<String>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those of this owner.
    owner: Option<String>,
    /// Only those that expire until then: a day, or a span such as `7d`.
    expiring: Option<String>,
    /// In which order: `name`, `created`, `expires`, `storage`, or one of them with `-` in front, from
    /// the last to the first. Default: `name`.
    sort: Option<String>,
    /// What `next` of the page before is.
    after: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists tenants, by name unless another order is asked for.
pub(crate) async fn list(
    context: Context,
    At(org): At<String>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::Tenant>>, ApiError> {
    let page = context.engine.tenants(&context.actor, &org, &filter.into()).await?;
    Ok(Json(present::tenants(page)))
}

impl From<Filter> for TenantFilter {
    fn from(filter: Filter) -> Self {
        let Filter { state, stage, text, tag, owner, expiring, sort, after, limit } = filter;
        Self { state, stage, text, tag, owner, expiring, sort, after, limit }
    }
}
