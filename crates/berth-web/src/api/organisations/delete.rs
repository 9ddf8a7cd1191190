//! `DELETE /api/v1/organisations/{org}`

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Removes an organisation that has no tenants, with everything in it.
pub(crate) async fn delete(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, known, .. } = context;
    let meant = (org.as_str(), known.as_ref());
    if dry_run {
        return Ok(planned(engine.plan_delete_organisation(&actor, meant).await?));
    }
    engine.delete_organisation(&actor, meant).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
