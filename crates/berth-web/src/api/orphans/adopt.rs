//! `POST /api/v1/organisations/{org}/adoptions`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::AdoptOrphan;

use crate::api::tenants::{DryRun, accepted, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Makes an archived tenant of a database, a role and a folder that belong to nobody.
pub(crate) async fn adopt(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::Adoption>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = &context;
    let api::Adoption { orphan, name, host, image, stage, addons } = body;
    let addons = addons.map(Into::into);
    let request = AdoptOrphan { orphan, name, host, image, stage, addons };
    if dry_run {
        return Ok(planned(engine.plan_adoption(actor, &org, &request).await?));
    }
    Ok(accepted(&org, engine.adopt_orphan(actor, &org, &request).await?))
}
