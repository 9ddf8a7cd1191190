//! `POST /api/v1/organisations/{org}/operations/{id}/undo`

use axum::response::Response;

use super::{OperationPath, told};
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Takes back what a stuck operation did.
pub(crate) async fn undo(
    context: Context,
    At((org, id)): At<OperationPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_undo(&actor, &org, &id).await?));
    }
    Ok(told(engine.undo_operation(&actor, &org, &id).await?))
}
