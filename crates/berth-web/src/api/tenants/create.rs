//! `POST /api/v1/organisations/{org}/tenants`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{CreateTenant, NoteTenant};

use super::change::{DryRun, accepted, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Makes a tenant.
///
/// Answers `202` with the operation to follow. Everything that is wrong with the request is listed at
/// once in a `422`; a name that is taken is a `409`.
pub(crate) async fn create(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::TenantCreate>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let request = request(body);
    if dry_run {
        return Ok(planned(engine.plan_create(&actor, &org, &request).await?));
    }
    let operation = engine.create_tenant(&actor, &org, &request).await?;
    Ok(accepted(&org, operation))
}

fn request(body: api::TenantCreate) -> CreateTenant {
    let admin_password = body.admin_password.map(berth_api::Secret::into_inner);
    CreateTenant {
        name: body.name,
        host: body.host,
        stage: body.stage,
        image: body.image,
        modules: body.modules,
        language: body.language,
        country: body.country,
        demo: body.demo,
        company: body.company,
        admin_login: body.admin_login,
        admin_password,
        email: body.email,
        time_zone: body.time_zone,
        cpu: body.cpu,
        memory: body.memory,
        pids: body.pids,
        addons: body.addons.map(Into::into),
        own_cluster: body.own_cluster,
        notes: NoteTenant {
            notes: body.notes,
            tag: body.tags,
            untag: Vec::new(),
            owner: body.owner,
            expires: body.expires,
            storage: body.storage,
        },
    }
}
