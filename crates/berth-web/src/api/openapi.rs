//! `GET /api/v1/openapi.json`

use axum::Json;

/// Describes the API (`OpenAPI` 3.1).
pub(crate) async fn openapi() -> Json<serde_json::Value> {
    Json(crate::openapi::document())
}
