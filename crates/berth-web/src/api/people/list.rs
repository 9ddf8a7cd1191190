//! `GET /api/v1/people`

use axum::Json;
use berth_api::v1 as api;

use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// Lists everybody who has an account, by address.
pub(crate) async fn list(context: Context) -> Result<Json<api::List<api::Person>>, ApiError> {
    let people = context.engine.people(&context.actor).await?;
    let items = people.into_iter().map(present::person).collect();
    Ok(Json(api::List { items, next: None }))
}
