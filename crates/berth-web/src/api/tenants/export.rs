//! `GET /api/v1/organisations/{org}/tenants/{name}/export`

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::{HeaderValue, header};

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Streams a backup that Odoo itself can restore: `dump.sql`, `manifest.json` and the filestore in a
/// zip file. A stream that breaks off was not the whole of it.
pub(crate) async fn export(
    context: Context,
    At((org, name)): At<TenantPath>,
) -> Result<Response, ApiError> {
    let export = context.engine.export(&context.actor, &org, &name).await?;

    let disposition = format!("attachment; filename=\"{}\"", export.file_name);
    let disposition = HeaderValue::from_str(&disposition)
        .map_err(|error| ApiError::Broken { action: "name the export", source: error.into() })?;
    let content_type = HeaderValue::from_static("application/zip");
    let request = context.request.id;
    let chunks = export.content.inspect(move |chunk| {
        if let Err(error) = chunk {
            tracing::error!(request.id = request, %error, "an export broke off");
        }
    });
    let headers =
        [(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
