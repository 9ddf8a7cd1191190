//! `POST /api/v1/account/recovery-codes`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::header;

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;
use crate::present;

/// Makes new recovery codes, and shows them this once.
pub(crate) async fn renew(
    visit: Visit,
    Body(body): Body<api::PasswordProof>,
) -> Result<Response, ApiError> {
    let password = body.current_password.into_inner();
    let codes = visit.engine.new_recovery_codes(visit.me()?, &visit.whence, password).await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(present::recovery_codes(&codes))).into_response())
}
