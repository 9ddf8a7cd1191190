//! `POST /api/v1/organisations/{org}/tenants/{name}/modules/install` and `…/upgrade`

use axum::response::Response;
use axum::routing::{MethodRouter, post};
use berth_api::v1 as api;
use berth_engine::request::{ChangeModules, ModulesDeed, TenantChange};

use crate::api::tenants::TenantPath;
use crate::api::tenants::change::{DryRun, change};
use crate::context::{Context, WebState};
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Installs modules in a tenant, with what they need.
pub(crate) fn install() -> MethodRouter<WebState> {
    of(ModulesDeed::Install)
}

/// Loads the image's versions of modules into a tenant, and of what needs them.
pub(crate) fn upgrade() -> MethodRouter<WebState> {
    of(ModulesDeed::Upgrade)
}

fn of(deed: ModulesDeed) -> MethodRouter<WebState> {
    post(move |context: Context, path: At<TenantPath>, asked: Asked<DryRun>, named| {
        load(deed, (context, path), asked, named)
    })
}

async fn load(
    deed: ModulesDeed,
    (context, At(path)): (Context, At<TenantPath>),
    Asked(dry_run): Asked<DryRun>,
    Body(api::ModuleNames { modules }): Body<api::ModuleNames>,
) -> Result<Response, ApiError> {
    let asked = ChangeModules { deed, modules, with_dependents: false };
    change(&context, &path, dry_run, &TenantChange::Modules(asked)).await
}
