//! `POST /api/v1/organisations/{org}/tenants/{name}/restore-deleted`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Brings a deleted tenant back before its time is over.
pub(crate) async fn restore_deleted(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::RestoreDeleted).await
}
