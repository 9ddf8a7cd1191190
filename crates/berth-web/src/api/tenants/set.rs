//! `PATCH /api/v1/organisations/{org}/tenants/{name}`

use axum::response::Response;
use berth_api::v1 as api;
use berth_engine::SetOutcome;
use berth_engine::request::{Meant, NoteTenant, SetTenant};

use super::TenantPath;
use super::change::{DryRun, accepted, planned, shown};
use crate::context::Context;
use crate::error::ApiError;
use crate::extract::{Asked, At, Body};

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
    let Context { engine, actor, known, .. } = context;
    let request = request(body);
    let tenant = Meant { name: &name, known: known.as_ref() };
    if dry_run {
        return Ok(planned(engine.plan_set(&actor, &org, tenant, &request).await?));
    }
    Ok(match engine.set_tenant(&actor, &org, tenant, &request).await? {
        SetOutcome::Begun(operation) => accepted(&org, *operation),
        SetOutcome::Noted(tenant) => shown(*tenant),
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
