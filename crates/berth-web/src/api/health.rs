//! `GET /api/v1/health`

use axum::Json;
use berth_api::v1 as api;

/// Says that this process answers. It says nothing else, because it is said to everybody.
pub(crate) async fn health() -> Json<api::Health> {
    Json(api::Health { status: "ok".to_owned() })
}
