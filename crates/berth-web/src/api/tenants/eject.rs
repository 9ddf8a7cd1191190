//! `GET /api/v1/organisations/{org}/tenants/{name}/eject`

use axum::response::Response;

use super::TenantPath;
use super::export::archive;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Streams a zip file of a folder in which the tenant runs without Berth: `compose.yaml`, `odoo.conf`, the
/// database and the filestore. A stream that breaks off was not the whole of it.
pub(crate) async fn eject(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let export = context.engine.eject(&context.actor, &org, &name).await?;
    archive(context, export)
}
