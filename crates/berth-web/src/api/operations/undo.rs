//! `POST /api/v1/organisations/{org}/operations/{id}/undo`

use axum::response::Response;
use berth_engine::request::OperationRequest;

use super::{OperationPath, tell};
use crate::api::tenants::DryRun;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Takes back what a stuck operation did.
pub(crate) async fn undo(
    context: Context,
    At(path): At<OperationPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    tell(&context, &path, dry_run, OperationRequest::Undo).await
}
