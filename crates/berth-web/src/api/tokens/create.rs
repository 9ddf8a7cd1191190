//! `POST /api/v1/organisations/{org}/tokens` and `POST /api/v1/tokens`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::CreateToken;
use http::{StatusCode, header};

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Makes a token for an organisation.
pub(crate) async fn of_organisation(
    context: Context,
    At(org): At<String>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::TokenCreate>,
) -> Result<Response, ApiError> {
    create(context, Some(&org), dry_run, body).await
}

/// Makes a token for the installation.
pub(crate) async fn of_installation(
    context: Context,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::TokenCreate>,
) -> Result<Response, ApiError> {
    create(context, None, dry_run, body).await
}

/// Nobody on the way may keep the answer: what the token says is in it.
async fn create(
    context: Context,
    org: Option<&str>,
    DryRun { dry_run }: DryRun,
    body: api::TokenCreate,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::TokenCreate { account, scope, expires } = body;
    let request = CreateToken { account, scope, expires };
    if dry_run {
        return Ok(planned(engine.plan_token(&actor, org, &request).await?));
    }
    let new = engine.create_token(&actor, org, &request).await?;
    let body = Json(present::new_token(new));
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], body).into_response())
}
