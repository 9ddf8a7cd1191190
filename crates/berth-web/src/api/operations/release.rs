//! `POST /api/v1/organisations/{org}/operations/{id}/release`

use axum::response::Response;

use super::{OperationPath, told};
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Lets a demo go on.
pub(crate) async fn release(
    context: Context,
    At((org, id)): At<OperationPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_release(&actor, &org, &id).await?));
    }
    Ok(told(engine.release_demo(&actor, &org, &id).await?))
}
