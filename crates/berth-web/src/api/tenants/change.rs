//! What all changes of a tenant have in common.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_engine::request::{Meant, TenantChange};
use berth_engine::view::{OperationView, PlanView, TenantView};
use http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Deserialize;

use super::TenantPath;
use crate::context::Context;
use crate::error::ApiError;
use crate::present;

/// The query of every change.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DryRun {
    /// Only answer what would happen, with 200 and a plan.
    pub(crate) dry_run: bool,
}

/// Plans the change or begins it.
pub(in crate::api::tenants) async fn change(
    context: &Context,
    (org, name): &TenantPath,
    DryRun { dry_run }: DryRun,
    change: &TenantChange,
) -> Result<Response, ApiError> {
    let Context { engine, actor, known, .. } = context;
    let tenant = Meant { name, known: known.as_ref() };
    if dry_run {
        Ok(planned(engine.plan_change(actor, org, tenant, change).await?))
    } else {
        Ok(accepted(org, engine.change_tenant(actor, org, tenant, change).await?))
    }
}

/// `200` with a plan.
pub(crate) fn planned(plan: PlanView) -> Response {
    Json(present::plan(plan)).into_response()
}

/// `200` with a tenant and what stands for it.
pub(crate) fn shown(tenant: TenantView) -> Response {
    let etag = format!("\"{}\"", tenant.revision.as_str());
    ([(header::ETAG, etag)], Json(present::tenant(tenant))).into_response()
}

/// `202` with the operation to follow, and where to follow it.
pub(crate) fn accepted(org: &str, operation: OperationView) -> Response {
    let location = format!("/api/v1/organisations/{org}/operations/{}", operation.id);
    let body = Json(present::operation(operation));
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response()
}
