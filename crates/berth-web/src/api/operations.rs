//! `/api/v1/organisations/{org}/operations`

pub(crate) mod cancel;
pub(crate) mod create_demo;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod release;
pub(crate) mod retry;
pub(crate) mod show;
pub(crate) mod undo;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_engine::view::OperationView;

use crate::present;

/// `{org}` and `{id}` of a path.
pub(crate) type OperationPath = (String, String);

/// `200` with the operation that was told something.
fn told(operation: OperationView) -> Response {
    Json(present::operation(operation)).into_response()
}
