//! `/api/v1/account/providers/{provider}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::request::LinkWith;
use http::{StatusCode, header};

use crate::access;
use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::{At, Body};

/// Begins to link one's own account with a provider.
pub(crate) async fn link(
    visit: Visit,
    At(provider): At<String>,
    Body(body): Body<api::ProviderLink>,
) -> Result<Response, ApiError> {
    let api::ProviderLink { current_password, next } = body;
    let request = LinkWith { password: current_password.into_inner(), next };
    let me = visit.me()?;
    let begun = visit.engine.begin_link(me, &visit.whence, (&provider, request)).await?;
    let headers = [
        (header::SET_COOKIE, access::away(&begun.held)),
        (header::CACHE_CONTROL, http::HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Json(api::ProviderVisit { url: begun.url })).into_response())
}

/// Unlinks one's own account from a provider.
pub(crate) async fn unlink(
    visit: Visit,
    At(provider): At<String>,
    Body(body): Body<api::PasswordProof>,
) -> Result<Response, ApiError> {
    let password = body.current_password.into_inner();
    visit.engine.unlink_own(visit.me()?, &visit.whence, (&provider, password)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
