//! `POST /api/v1/organisations/{org}/tenants/{name}/modules/uninstall`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{ChangeModules, ModulesDeed, TenantChange};

use crate::api::tenants::TenantPath;
use crate::api::tenants::change::{DryRun, change};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Uninstalls modules of a tenant, with what they keep in its database.
pub(crate) async fn uninstall(
    context: Context,
    At(path): At<TenantPath>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::ModuleRemoval>,
) -> Result<Response, ApiError> {
    let api::ModuleRemoval { modules, with_dependents } = body;
    let asked = ChangeModules { deed: ModulesDeed::Uninstall, modules, with_dependents };
    change(&context, &path, dry_run, &TenantChange::Modules(asked)).await
}
