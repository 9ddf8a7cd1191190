//! `/api/v1/organisations/{org}/tenants/{name}/password`

pub(crate) mod reset;
pub(crate) mod show;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_engine::view::Credentials;
use http::header;

use crate::present;

/// The one answer with a password in it. Nobody on the way may keep it.
fn answer(credentials: &Credentials) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(present::credentials(credentials))).into_response()
}
