//! `POST /api/v1/organisations/{org}/tenants/{name}/suspend`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Closes a tenant: visitors get 403 until an operator resumes it.
pub(crate) async fn suspend(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Suspend).await
}
