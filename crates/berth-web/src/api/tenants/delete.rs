//! `DELETE /api/v1/organisations/{org}/tenants/{name}`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Removes a tenant with everything that is its own. There is no way back.
pub(crate) async fn delete(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Delete).await
}
