//! `POST /api/v1/organisations/{org}/tenants/{name}/login-link`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;
use crate::present;

/// Makes a link that signs whoever uses it in as the tenant's administrator. Nobody on the way may keep
/// it.
pub(crate) async fn login_link(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let link = context.engine.login_link(&context.actor, &org, &name).await?;
    let kept = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, kept, Json(present::login_link(&link))).into_response())
}
