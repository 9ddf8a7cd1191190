//! `GET /api/v1/organisations/{org}/tenants/{name}`

use axum::response::Response;

use super::TenantPath;
use super::change::shown;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Shows a tenant and what is observed of it now.
pub(crate) async fn show(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    Ok(shown(context.engine.tenant(&context.actor, &org, &name).await?))
}
