//! `POST /api/v1/organisations/{org}/tenants/{name}/password`

use axum::response::Response;
use berth_api::Secret;
use berth_api::v1 as api;

use super::answer;
use crate::api::tenants::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{At, Body};

/// Gives the tenant's administrator another password.
pub(crate) async fn reset(
    context: Context,
    At((org, name)): At<TenantPath>,
    Body(body): Body<api::PasswordReset>,
) -> Result<Response, ApiError> {
    let password = body.password.map(Secret::into_inner);
    let credentials = context.engine.reset_password(&context.actor, &org, &name, password).await?;
    Ok(answer(&credentials))
}
