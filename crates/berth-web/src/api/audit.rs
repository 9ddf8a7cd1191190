//! `GET /api/v1/organisations/{org}/audit` and `GET /api/v1/audit`

use axum::Json;
use berth_api::v1 as api;
use berth_engine::request::AuditFilter;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::paging::page;
use crate::present;

/// Which entries.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// Who: `local:0`.
    actor: Option<String>,
    /// What was done: `tenant.stop`.
    action: Option<String>,
    /// To what kind of thing: `tenant`.
    kind: Option<String>,
    /// To what: its id, or its name then.
    object: Option<String>,
    /// `allowed` or `denied`.
    outcome: Option<String>,
    /// Only younger ones: `2h`, `3d`, a day, or a time.
    since: Option<String>,
    /// Only older ones.
    until: Option<String>,
    /// Older than this entry.
    before: Option<String>,
    /// 1 to 1000. Default: 100.
    limit: Option<u32>,
}

/// Lists who did what in an organisation, newest first.
pub(crate) async fn of_organisation(
    context: Context,
    At(org): At<String>,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::AuditEntry>>, ApiError> {
    list(&context, Some(&org), filter).await
}

/// Lists what was done to the installation itself, newest first.
pub(crate) async fn of_installation(
    context: Context,
    Asked(filter): Asked<Filter>,
) -> Result<Json<api::List<api::AuditEntry>>, ApiError> {
    list(&context, None, filter).await
}

async fn list(
    context: &Context,
    org: Option<&str>,
    filter: Filter,
) -> Result<Json<api::List<api::AuditEntry>>, ApiError> {
    let Filter { actor, action, kind, object, outcome, since, until, before, limit } = filter;
    let filter = AuditFilter { actor, action, kind, object, outcome, since, until, before, limit };

    let listing = context.engine.audit(&context.actor, org, &filter).await?;

    Ok(Json(page(listing, present::audit_entry)))
}
