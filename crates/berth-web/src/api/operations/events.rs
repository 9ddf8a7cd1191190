//! `GET /api/v1/organisations/{org}/operations/{id}/events`

use axum::response::Response;

use super::OperationPath;
use crate::api::events::{After, present_event};
use crate::api::stream::respond;
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::At;

/// Streams what happens to an operation, from its beginning on. Ends when it is at rest.
pub(crate) async fn events(
    context: Context,
    At((org, id)): At<OperationPath>,
    After(after): After,
) -> Result<Response, ApiError> {
    let events = context.engine.events(&context.actor, &org, after, Some(&id)).await?;
    Ok(respond(context, events, present_event))
}
