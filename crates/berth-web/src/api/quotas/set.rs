//! `PUT /api/v1/organisations/{org}/quotas/{owner}` and `PUT /api/v1/organisations/{org}/quota`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::SetQuota;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Sets the quota of an owner.
pub(crate) async fn of_owner(
    context: Context,
    At((org, owner)): At<(String, String)>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::QuotaSet>,
) -> Result<Response, ApiError> {
    set(&context, (&org, Some(&owner)), dry_run, body).await
}

/// Sets the quota of the whole organisation.
pub(crate) async fn of_everybody(
    context: Context,
    At(org): At<String>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::QuotaSet>,
) -> Result<Response, ApiError> {
    set(&context, (&org, None), dry_run, body).await
}

async fn set(
    context: &Context,
    (org, owner): (&str, Option<&str>),
    DryRun { dry_run }: DryRun,
    body: api::QuotaSet,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::QuotaSet { tenants, cpu, memory, storage } = body;
    let request = SetQuota { tenants, cpu, memory, storage };
    if dry_run {
        return Ok(planned(engine.plan_quota(actor, org, owner, Some(&request)).await?));
    }
    let quota = engine.set_quota(actor, org, owner, &request).await?;
    Ok(Json(present::quota(quota)).into_response())
}
