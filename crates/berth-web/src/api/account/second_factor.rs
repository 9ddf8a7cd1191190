//! `/api/v1/account/second-factor`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use http::{StatusCode, header};

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;
use crate::present;

/// Makes a secret for an authenticator, and shows it this once.
pub(crate) async fn enrol(
    visit: Visit,
    Body(body): Body<api::PasswordProof>,
) -> Result<Response, ApiError> {
    let password = body.current_password.into_inner();
    let told = visit.engine.enrol_second_factor(visit.me()?, &visit.whence, password).await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(present::enrolment(told))).into_response())
}

/// Takes its first code, and shows recovery codes this once.
pub(crate) async fn confirm(
    visit: Visit,
    Body(body): Body<api::SecondFactorConfirm>,
) -> Result<Response, ApiError> {
    let code = body.code.into_inner();
    let codes = visit.engine.confirm_second_factor(visit.me()?, &visit.whence, &code).await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(present::recovery_codes(&codes))).into_response())
}

/// Has none asked for any more.
pub(crate) async fn remove(
    visit: Visit,
    Body(body): Body<api::PasswordProof>,
) -> Result<Response, ApiError> {
    let password = body.current_password.into_inner();
    visit.engine.remove_second_factor(visit.me()?, &visit.whence, password).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
