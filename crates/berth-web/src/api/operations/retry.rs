//! `POST /api/v1/organisations/{org}/operations/{id}/retry`

use axum::response::Response;

use super::{OperationPath, told};
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Tries a stuck operation again, in the direction it was going.
pub(crate) async fn retry(
    context: Context,
    At((org, id)): At<OperationPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_retry(&actor, &org, &id).await?));
    }
    Ok(told(engine.retry_operation(&actor, &org, &id).await?))
}
