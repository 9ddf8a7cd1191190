//! `POST /api/v1/organisations/{org}/operations/{id}/cancel`

use axum::response::Response;
use berth_engine::request::OperationRequest;

use super::{OperationPath, tell};
use crate::api::tenants::DryRun;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Stops an operation and takes back what it did so far.
pub(crate) async fn cancel(
    context: Context,
    At(path): At<OperationPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    tell(&context, &path, dry_run, OperationRequest::Cancel).await
}
