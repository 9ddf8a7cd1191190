//! `POST /api/v1/organisations`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::CreateOrganisation;
use http::StatusCode;

use super::shown;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, Body};

/// Makes an organisation.
pub(crate) async fn create(
    context: Context,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::OrganisationCreate>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::OrganisationCreate { name, title } = body;
    let request = CreateOrganisation { name, title };
    if dry_run {
        return Ok(planned(engine.plan_organisation(&actor, &request).await?));
    }
    Ok(shown(StatusCode::CREATED, engine.create_organisation(&actor, &request).await?))
}
