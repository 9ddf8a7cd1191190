//! `POST /api/v1/organisations/{org}/operations/{id}/cancel`

use axum::response::Response;

use super::{OperationPath, told};
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Stops an operation and takes back what it did so far.
pub(crate) async fn cancel(
    context: Context,
    At((org, id)): At<OperationPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_cancel(&actor, &org, &id).await?));
    }
    Ok(told(engine.cancel_operation(&actor, &org, &id).await?))
}
