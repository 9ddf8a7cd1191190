//! `PATCH /api/v1/organisations/{org}`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::request::SetOrganisation;
use http::StatusCode;

use super::shown;
use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Says what people call an organisation.
pub(crate) async fn set(
    context: Context,
    At(org): At<String>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::OrganisationSet>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, known, .. } = context;
    let api::OrganisationSet { title } = body;
    let (request, meant) = (SetOrganisation { title }, (org.as_str(), known.as_ref()));
    if dry_run {
        return Ok(planned(engine.plan_set_organisation(&actor, meant, &request).await?));
    }
    Ok(shown(StatusCode::OK, engine.set_organisation(&actor, meant, &request).await?))
}
