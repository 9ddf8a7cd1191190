//! `POST /api/v1/sign-in`

pub(crate) mod providers;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::Secret;
use berth_api::v1 as api;
use berth_engine::request::SignIn;
use http::header;

use crate::access;
use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;
use crate::present;

/// Begins a session, whose secret is in a cookie and nowhere else.
pub(crate) async fn sign_in(
    visit: Visit,
    Body(body): Body<api::SignIn>,
) -> Result<Response, ApiError> {
    let api::SignIn { email, password, code } = body;
    let password = password.into_inner();
    let request = SignIn { email, password, code: code.map(Secret::into_inner) };
    let new = visit.engine.begin_session(&visit.whence, request).await?;
    let lasts = new.session.ends_at.as_second() - new.session.created_at.as_second();
    let headers = [
        (header::SET_COOKIE, access::held(&new.secret, lasts)),
        (header::CACHE_CONTROL, http::HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Json(present::account(new.person))).into_response())
}
