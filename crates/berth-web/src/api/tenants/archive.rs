//! `POST /api/v1/organisations/{org}/tenants/{name}/archive`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Puts a tenant away: its database and files are kept, nothing of it runs.
pub(crate) async fn archive(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Archive).await
}
