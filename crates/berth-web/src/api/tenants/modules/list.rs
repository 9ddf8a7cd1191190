//! `GET /api/v1/organisations/{org}/tenants/{name}/modules`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::ListModules;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::tenants::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Which modules.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// `installed`, `not_installed`, `outdated`, or a state of a module.
    state: Option<String>,
    /// Part of the name, the title or the summary.
    text: Option<String>,
    /// What `next` of the page before is.
    after: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists the modules that a tenant's database and its image know, by name.
pub(crate) async fn list(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::TenantModule>>, ApiError> {
    let Filter { state, text, after, limit } = filter;
    let request = ListModules { state, text, after, limit };
    let view = context.engine.modules(&context.actor, &org, &name, &request).await?;
    let page = view.listing.map(present::module);
    Ok(Json(api::List { items: page.items, next: page.next }))
}
