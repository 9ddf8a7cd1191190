//! `PATCH /api/v1/organisations/{org}/tenants/{name}`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{SetTenant, TenantChange};

use super::TenantPath;
use super::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Gives a tenant other limits or another stage.
pub(crate) async fn set(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::TenantSet>,
) -> Result<Response, ApiError> {
    change(&context, &path, dry_run, &TenantChange::Set(request(body))).await
}

fn request(body: api::TenantSet) -> SetTenant {
    let api::TenantSet { cpu, memory, pids, stage } = body;
    SetTenant { cpu, memory, pids, stage }
}
