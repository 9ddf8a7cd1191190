//! `POST /api/v1/claim`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::Claim;
use http::StatusCode;

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;
use crate::present;

/// Makes whoever types the code the first operator.
pub(crate) async fn claim(
    visit: Visit,
    Body(body): Body<api::Claim>,
) -> Result<Response, ApiError> {
    let api::Claim { code, email, name, password } = body;
    let request = Claim { code: code.into_inner(), email, name, password: password.into_inner() };
    let person = visit.engine.claim_installation(&visit.whence, request).await?;
    Ok((StatusCode::CREATED, Json(present::account(person))).into_response())
}
