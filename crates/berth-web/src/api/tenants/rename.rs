//! `POST /api/v1/organisations/{org}/tenants/{name}/rename`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{RenameTenant, TenantChange};

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Gives a tenant another name and host.
pub(crate) async fn rename(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::TenantRename>,
) -> Result<Response, ApiError> {
    let api::TenantRename { name, host } = body;
    let to = RenameTenant { name, host };
    change(&context, &path, dry_run, &TenantChange::Rename(to)).await
}
