//! `GET /api/v1/organisations/{org}/tenants/{name}/export`

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use berth_engine::request::ExportFormat;
use berth_engine::view::Export;
use futures_util::StreamExt as _;
use http::{HeaderValue, header};
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// The query.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    /// With `dump.sql`, as Odoo restores it, or with `database.dump`, for `pg_restore`.
    pub(crate) format: Packed,
}

/// How the database is packed.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Packed {
    #[default]
    Zip,
    Custom,
}

/// Streams a zip file with the database, `manifest.json` and the filestore. A stream that breaks off was
/// not the whole of it.
pub(crate) async fn export(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(Wanted { format }): Asked<Wanted>,
) -> Result<Response, ApiError> {
    let format = match format {
        Packed::Zip => ExportFormat::Zip,
        Packed::Custom => ExportFormat::Custom,
    };
    let export = context.engine.export(&context.actor, &org, &name, format).await?;
    archive(context, export)
}

/// An archive that is made while it is read.
pub(crate) fn archive(context: Context, export: Export) -> Result<Response, ApiError> {
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
