//! `DELETE /api/v1/people/{person}/providers/{provider}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Unlinks somebody's account from a provider.
pub(crate) async fn unlink(
    context: Context,
    At((who, provider)): At<(String, String)>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_unlink(&actor, (&who, &provider)).await?));
    }
    engine.unlink_person(&actor, (&who, &provider)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
