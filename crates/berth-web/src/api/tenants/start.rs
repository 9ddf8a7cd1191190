//! `POST /api/v1/organisations/{org}/tenants/{name}/start`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Starts a tenant that is stopped or broken.
pub(crate) async fn start(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Start).await
}
