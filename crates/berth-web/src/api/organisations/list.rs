//! `GET /api/v1/organisations`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::{ListOrganisations, PageRequest};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::Asked;
use crate::paging::page;
use crate::present;

/// Which organisations.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// Part of the name or title.
    text: Option<String>,
    /// In which order: `name`, or `-name`, from the last to the first.
    sort: Option<String>,
    /// What `next` of the page before is.
    after: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists organisations by name: all to whoever runs the installation, else one's own.
pub(crate) async fn list(
    context: Context,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::Organisation>>, ApiError> {
    let Filter { text, sort, after, limit } = filter;
    let request = ListOrganisations { text, page: PageRequest { sort, after, limit } };
    let organisations = context.engine.organisations(&context.actor, &request).await?;
    Ok(Json(page(organisations, present::organisation)))
}
