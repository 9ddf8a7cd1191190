//! `POST /api/v1/organisations/{org}/imports`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::{ImportTenant, NoteTenant};

use super::change::{DryRun, accepted, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Makes a tenant of a backup that was sent in.
///
/// Answers `202` with the operation to follow. Everything that is wrong with the request and with the
/// backup is listed at once in a `422`; a name that is taken is a `409`.
pub(crate) async fn import(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::TenantImport>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let request = request(body);
    if dry_run {
        return Ok(planned(engine.plan_import(&actor, &org, &request).await?));
    }
    let operation = engine.import_tenant(&actor, &org, &request).await?;
    Ok(accepted(&org, operation))
}

fn request(body: api::TenantImport) -> ImportTenant {
    ImportTenant {
        upload: body.upload,
        name: body.name,
        host: body.host,
        stage: body.stage,
        image: body.image,
        cpu: body.cpu,
        memory: body.memory,
        pids: body.pids,
        addons: body.addons.map(Into::into),
        own_cluster: body.own_cluster,
        neutralize: body.neutralize,
        allow_missing_modules: body.allow_missing_modules,
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
