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
use berth_engine::request::OperationRequest;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// `{org}` and `{id}` of a path.
pub(crate) type OperationPath = (String, String);

/// Tells an operation something, or says what would follow.
async fn tell(
    context: &Context,
    (org, id): &OperationPath,
    DryRun { dry_run }: DryRun,
    request: OperationRequest,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_request(actor, org, id, request).await?));
    }
    let told = match request {
        OperationRequest::Cancel => engine.cancel_operation(actor, org, id).await?,
        OperationRequest::Retry => engine.retry_operation(actor, org, id).await?,
        OperationRequest::Undo => engine.undo_operation(actor, org, id).await?,
        OperationRequest::Release => engine.release_demo(actor, org, id).await?,
    };
    Ok(Json(present::operation(told)).into_response())
}
