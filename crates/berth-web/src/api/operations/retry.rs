//! `POST /api/v1/organisations/{org}/operations/{id}/retry`

use axum::response::Response;
use berth_engine::request::OperationRequest;

use super::{OperationPath, tell};
use crate::api::tenants::DryRun;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Tries a stuck operation again, in the direction it was going.
pub(crate) async fn retry(
    context: Context,
    At(path): At<OperationPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    tell(&context, &path, dry_run, OperationRequest::Retry).await
}
