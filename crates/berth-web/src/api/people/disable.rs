//! `POST /api/v1/people/{person}/disable` and `POST /api/v1/people/{person}/enable`

use axum::Json;
use axum::response::{IntoResponse as _, Response};

use crate::api::tenants::{DryRun, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At};
use crate::present;

/// Lets somebody do nothing any more.
pub(crate) async fn disable(
    context: Context,
    At(who): At<String>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(context, &who, dry_run, true).await
}

/// Lets somebody in again.
pub(crate) async fn enable(
    context: Context,
    At(who): At<String>,
    Asked(dry_run): Asked<DryRun>,
) -> Result<Response, ApiError> {
    change(context, &who, dry_run, false).await
}

async fn change(
    context: Context,
    who: &str,
    DryRun { dry_run }: DryRun,
    is_disabled: bool,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    if dry_run {
        return Ok(planned(engine.plan_disabling(&actor, who, is_disabled).await?));
    }
    let person = engine.disable_person(&actor, who, is_disabled).await?;
    Ok(Json(present::person(person)).into_response())
}
