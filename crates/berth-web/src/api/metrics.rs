//! `GET /api/v1/metrics`

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;

use crate::context::WebState;
use crate::error::ApiError;

/// The media type of the `OpenMetrics` text format, version 1.0.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Shows what Berth counts, for Prometheus.
pub(crate) async fn metrics(State(state): State<WebState>) -> Result<Response, ApiError> {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &state.metrics)
        .map_err(|error| ApiError::Broken { action: "write the metrics", source: error.into() })?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
