//! `POST /api/v1/organisations/{org}/tenants/{name}/password`

use axum::response::Response;
use berth_api::Secret;
use berth_api::v1 as api;

use super::answer;
use crate::api::tenants::{DryRun, TenantPath, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

/// Gives the tenant's administrator another password.
pub(crate) async fn reset(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::PasswordReset>,
) -> Result<Response, ApiError> {
    let password = body.password.map(Secret::into_inner);
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_password(&actor, &org, &name, password.as_ref()).await?));
    }
    Ok(answer(&engine.reset_password(&actor, &org, &name, password).await?))
}
