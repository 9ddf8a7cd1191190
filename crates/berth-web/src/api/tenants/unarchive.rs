//! `POST /api/v1/organisations/{org}/tenants/{name}/unarchive`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Brings an archived tenant back.
pub(crate) async fn unarchive(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Unarchive).await
}
