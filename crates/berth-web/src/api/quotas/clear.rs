//! `DELETE /api/v1/organisations/{org}/quotas/{owner}` and `DELETE /api/v1/organisations/{org}/quota`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Takes the quota of an owner away.
pub(crate) async fn of_owner(
    context: Context,
    At((org, owner)): At<(String, String)>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    clear(&context, (&org, Some(&owner)), dry_run).await
}

/// Takes the quota of the whole organisation away.
pub(crate) async fn of_everybody(
    context: Context,
    At(org): At<String>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    clear(&context, (&org, None), dry_run).await
}

async fn clear(
    context: &Context,
    (org, owner): (&str, Option<&str>),
    DryRun { dry_run }: DryRun,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_quota(actor, org, owner, None).await?));
    }
    engine.clear_quota(actor, org, owner).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
