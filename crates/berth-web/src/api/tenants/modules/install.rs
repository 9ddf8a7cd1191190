//! `POST /api/v1/organisations/{org}/tenants/{name}/modules/install`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{ChangeModules, ModulesDeed, TenantChange};

use crate::api::tenants::TenantPath;
use crate::api::tenants::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Installs modules in a tenant, with what they need.
pub(crate) async fn install(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::ModuleNames>,
) -> Result<Response, ApiError> {
    let api::ModuleNames { modules } = body;
    let asked = ChangeModules { deed: ModulesDeed::Install, modules, with_dependents: false };
    change(&context, &path, dry_run, &TenantChange::Modules(asked)).await
}
