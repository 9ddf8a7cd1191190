//! `POST /api/v1/organisations/{org}/operations`

use axum::response::Response;
use berth_api::v1 as api;

use crate::api::tenants::accepted;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{At, Body};

/// Begins an operation that blocks until it is released, for trying out recovery.
pub(crate) async fn create_demo(
    context: Context,
    At(org): At<String>,
    Body(body): Body<api::DemoCreate>,
) -> Result<Response, ApiError> {
    let operation = context.engine.create_demo(&context.actor, &org, &body.name).await?;
    Ok(accepted(&org, operation))
}
