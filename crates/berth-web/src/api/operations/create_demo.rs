//! `POST /api/v1/organisations/{org}/operations`

use axum::response::Response;
use berth_api::v1 as api;

use crate::api::tenants::{DryRun, accepted, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Begins an operation that blocks until it is released, for trying out recovery.
pub(crate) async fn create_demo(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::DemoCreate>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_demo(&actor, &org, &body.name).await?));
    }
    Ok(accepted(&org, engine.create_demo(&actor, &org, &body.name).await?))
}
