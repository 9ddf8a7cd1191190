//! `POST /api/v1/organisations/{org}/tenants/{name}/stop`

use axum::response::Response;
use berth_engine::request::TenantChange;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Stops a running tenant: visitors get 503 until it is started.
pub(crate) async fn stop(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Stop).await
}
