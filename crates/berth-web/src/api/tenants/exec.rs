//! `GET /api/v1/organisations/{org}/tenants/{name}/exec`

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use berth_api::v1::exec::MAX_FRAME;

use super::TenantPath;
use super::exec_session;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Runs a command in a tenant's container over a WebSocket. [`berth_api::v1::exec`] is the protocol.
pub(crate) async fn exec(
    context: Context,
    At(path): At<TenantPath>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|rejection| ApiError::Unreadable {
        detail: format!("this path speaks WebSocket: {rejection}"),
        problems: Vec::new(),
    })?;
    Ok(upgrade
        .max_frame_size(MAX_FRAME)
        .max_message_size(MAX_FRAME)
        .on_upgrade(move |socket| exec_session::run(socket, context, path)))
}
