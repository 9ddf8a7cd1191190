//! `PATCH /api/v1/organisations/{org}/tenants/{name}`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use berth_api::v1 as api;
use berth_engine::SetOutcome;
use berth_engine::request::{NoteTenant, SetTenant};

use super::TenantPath;
use super::change::{DryRun, accepted, planned};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};
use crate::present;

/// Gives a tenant other limits or another stage, and notes things about it.
///
/// Answers `202` with the operation to follow when limits or stage change, else `200` with the tenant:
/// what is noted holds at once.
pub(crate) async fn set(
    context: Context,
    At((org, name)): At<TenantPath>,
    Asked(DryRun { dry_run }): Asked<DryRun>,
    Body(body): Body<api::TenantSet>,
) -> Result<Response, ApiError> {
    let Context { engine, actor, .. } = context;
    let request = request(body);
    if dry_run {
        return Ok(planned(engine.plan_set(&actor, &org, &name, &request).await?));
    }
    Ok(match engine.set_tenant(&actor, &org, &name, &request).await? {
        SetOutcome::Begun(operation) => accepted(&org, *operation),
        SetOutcome::Noted(tenant) => Json(present::tenant(*tenant)).into_response(),
    })
}

fn request(body: api::TenantSet) -> SetTenant {
    let api::TenantSet {
        cpu,
        memory,
        pids,
        stage,
        notes,
        add_tags,
        remove_tags,
        owner,
        expires,
        storage,
    } = body;
    let notes = NoteTenant { notes, tag: add_tags, untag: remove_tags, owner, expires, storage };
    SetTenant { cpu, memory, pids, stage, notes }
}
