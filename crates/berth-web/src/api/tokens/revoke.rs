//! `DELETE /api/v1/organisations/{org}/tokens/{id}` and `DELETE /api/v1/tokens/{id}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Revokes a token of an organisation.
pub(crate) async fn of_organisation(
    context: Context,
    At((org, id)): At<(String, String)>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    revoke(context, (Some(&org), &id), dry_run).await
}

/// Revokes a token of the installation.
pub(crate) async fn of_installation(
    context: Context,
    At(id): At<String>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    revoke(context, (None, &id), dry_run).await
}

async fn revoke(
    context: Context,
    (org, id): (Option<&str>, &str),
    DryRun { dry_run }: DryRun,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_revocation(&actor, org, id).await?));
    }
    engine.revoke_token(&actor, org, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
