//! `PUT /api/v1/organisations/{org}/members/{person}` and `DELETE` of the same

use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Gives a member another role.
pub(crate) async fn set(
    context: Context,
    At(place): At<(String, String)>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::MemberSet>,
) -> Result<Response, ApiError> {
    change(context, place, dry_run, Some(&body.role)).await
}

/// Takes somebody out of an organisation.
pub(crate) async fn remove(
    context: Context,
    At(place): At<(String, String)>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(context, place, dry_run, None).await
}

async fn change(
    context: Context,
    (org, who): (String, String),
    DryRun { dry_run }: DryRun,
    role: Option<&str>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_member(&actor, (&org, &who), role).await?));
    }
    engine.set_member(&actor, (&org, &who), role).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
