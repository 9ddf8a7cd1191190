//! `DELETE /api/v1/organisations/{org}/tenants/{name}`

use axum::response::Response;
use berth_engine::request::TenantChange;
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// How to delete.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Deletion {
    /// Only answer what would happen, with 200 and a plan.
    dry_run: bool,
    /// At once and for good, without the grace period.
    now: bool,
}

/// Deletes a tenant: it is put away, and removed for good when the grace period is over.
pub(crate) async fn delete(
    context: Context,
    At(path): At<TenantPath>,
    Asked(Deletion { dry_run, now }): Asked<Deletion>,
) -> Result<Response, ApiError> {
    let deletion = if now { TenantChange::Purge } else { TenantChange::Delete };
    change(&context, &path, DryRun { dry_run }, &deletion).await
}
