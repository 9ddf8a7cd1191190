//! `POST /api/v1/organisations/{org}/invitations` and `POST /api/v1/invitations`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::Invite;
use http::{StatusCode, header};

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Invites somebody to an organisation.
pub(crate) async fn to_organisation(
    context: Context,
    At(org): At<String>,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::InvitationCreate>,
) -> Result<Response, ApiError> {
    create(context, Some(&org), dry_run, body).await
}

/// Invites somebody to run the installation.
pub(crate) async fn to_installation(
    context: Context,
    Asked(dry_run): Asked<DryRun>,
    Body(body): Body<api::InvitationCreate>,
) -> Result<Response, ApiError> {
    create(context, None, dry_run, body).await
}

/// Nobody on the way may keep the answer: the code is in it.
async fn create(
    context: Context,
    org: Option<&str>,
    DryRun { dry_run }: DryRun,
    body: api::InvitationCreate,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let api::InvitationCreate { email, role, send } = body;
    let request = Invite { email, role };
    let new = match (dry_run, send) {
        (true, false) => return Ok(planned(engine.plan_invite(&actor, org, &request).await?)),
        (true, true) => {
            return Ok(planned(engine.plan_invite_by_mail(&actor, org, &request).await?));
        }
        (false, false) => engine.invite(&actor, org, &request).await?,
        (false, true) => engine.invite_by_mail(&actor, org, &request).await?,
    };
    let body = Json(present::new_invitation(new));
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], body).into_response())
}
