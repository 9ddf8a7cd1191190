//! `DELETE /api/v1/organisations/{org}/uploads/{id}`

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Response};
use berth_engine::view::PlanView;
use http::StatusCode;

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};

/// Removes a backup that was sent in. One that is being imported is a `409`.
pub(crate) async fn remove(
    context: Context,
    At((org, id)): At<(String, String)>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let upload = engine.remove_upload(&actor, &org, &id, dry_run).await?;
    if !dry_run {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(planned(PlanView {
        summary: format!("remove upload {}", upload.id),
        actions: Vec::new(),
        settings: BTreeMap::from([("name", upload.name), ("size", upload.size.to_string())]),
    }))
}
