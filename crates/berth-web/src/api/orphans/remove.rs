//! `POST /api/v1/orphans/remove`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::RemoveOrphans;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, Body};
use crate::present;

/// Removes what belongs to nobody, each by itself.
pub(crate) async fn remove(
    context: Context,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::OrphanRemoval>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = &context;
    let api::OrphanRemoval { names, all, older_than } = body;
    let request = RemoveOrphans { names, all, older_than };
    if dry_run {
        return Ok(planned(engine.plan_orphan_removal(actor, &request).await?));
    }
    let removals = engine.remove_orphans(actor, &request).await?;
    let items = removals.into_iter().map(present::removed).collect();
    Ok(Json(api::List { items, next: None }).into_response())
}
