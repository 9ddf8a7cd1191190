//! `GET /api/v1/organisations/{org}/tenants/{name}/password`

use axum::response::Response;

use super::answer;
use crate::api::tenants::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Shows how to sign in as the tenant's administrator.
pub(crate) async fn show(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let credentials = context.engine.show_password(&context.actor, &org, &name).await?;
    Ok(answer(&credentials))
}
