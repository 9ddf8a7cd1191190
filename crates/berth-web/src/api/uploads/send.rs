//! `POST /api/v1/organisations/{org}/uploads`

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use berth_engine::request::SendUpload;
use futures_util::StreamExt as _;
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// The query.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Named {
    /// What the file is called where it comes from.
    pub(crate) name: Option<String>,
}

/// Takes a backup in, while it arrives. Too large a one is a `413` before its body is read, if its
/// length is known; one that breaks off is a `400` and leaves nothing.
pub(crate) async fn send(
    context: Context,
    At(org): At<String>,
    Asked(Named { name }): Asked<Named>,
    request: Request,
) -> Result<Response, ApiError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    let wanted = SendUpload { name, length };
    let body: Body = request.into_body();
    let chunks = body.into_data_stream().map(|chunk| chunk.map_err(std::io::Error::other));
    let sent = context.engine.send_upload(&context.actor, &org, &wanted, chunks.boxed()).await?;
    Ok((StatusCode::CREATED, Json(present::upload(sent))).into_response())
}
