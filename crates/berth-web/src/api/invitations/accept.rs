//! `POST /api/v1/invitations/accept`

use axum::Json;
use berth_api::Secret;
use berth_api::v1 as api;
use berth_engine::request::Accept;

use crate::context::Visit;
use crate::error::ApiError;
use crate::extract::Body;
use crate::present;

/// Does what a code is good for: a membership, an account, a new password.
pub(crate) async fn accept(
    visit: Visit,
    Body(body): Body<api::InvitationAccept>,
) -> Result<Json<api::Person>, ApiError> {
    let api::InvitationAccept { code, name, password } = body;
    let password = password.map(Secret::into_inner);
    let request = Accept { code: code.into_inner(), name, password };
    let Visit { engine, whence, me } = visit;
    let person = engine.accept_invitation(me.as_ref(), &whence, request).await?;
    Ok(Json(present::account(person)))
}
