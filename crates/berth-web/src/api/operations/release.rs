//! `POST /api/v1/organisations/{org}/operations/{id}/release`

use axum::response::Response;
use berth_engine::request::OperationRequest;

use super::{OperationPath, tell};
use crate::api::tenants::DryRun;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Lets a demo go on.
pub(crate) async fn release(
    context: Context,
    At(path): At<OperationPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    tell(&context, &path, dry_run, OperationRequest::Release).await
}
