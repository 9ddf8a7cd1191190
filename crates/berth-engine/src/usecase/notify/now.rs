//! How something is now that somebody was told is wrong.
//!
//! # Invariants
//!
//! * It is asked of the tenant, operation or disk as it is now, not derived from what happened: nothing
//!   that was overlooked leaves somebody waiting for a word that never comes.
//! * While an operation is at work on a tenant, nobody can tell. Of what this version cannot read
//!   neither.

use berth_domain::disk::DiskLevel;
use berth_domain::operation::OperationState;
use berth_domain::storage::Level;
use berth_domain::{OperationId, TenantId, TenantState};
use berth_store::deliveries::Trouble;
use berth_store::{StoreError, Tx, disks, observations, operations, storage, tenants};

/// How something is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Now {
    Wrong,
    Well,
    /// There is nothing any more that could be well.
    Gone,
    Unknown,
}

pub(super) async fn now(tx: &mut Tx, trouble: &Trouble) -> Result<Now, StoreError> {
    let now = match trouble.kind.as_str() {
        "operation.stuck" => operation(tx, trouble).await,
        "host.disk_low" => disk(tx, trouble).await,
        kind if kind.starts_with("tenant.") => tenant(tx, trouble).await,
        _ => Ok(Now::Unknown),
    };
    match now {
        Err(error) if error.is_about_one_row() => Ok(Now::Unknown),
        other => other,
    }
}

async fn operation(tx: &mut Tx, trouble: &Trouble) -> Result<Now, StoreError> {
    let Ok(id) = trouble.subject.parse::<OperationId>() else { return Ok(Now::Gone) };
    let found = operations::find(tx, trouble.organisation, id).await?;
    Ok(match found.map(|operation| operation.state) {
        None => Now::Gone,
        Some(OperationState::Stuck) => Now::Wrong,
        Some(OperationState::Done | OperationState::Undone) => Now::Well,
        Some(OperationState::Queued | OperationState::Running | OperationState::Undoing) => {
            Now::Unknown
        }
    })
}

async fn disk(tx: &mut Tx, trouble: &Trouble) -> Result<Now, StoreError> {
    let listed = disks::list(tx).await?;
    let found = listed.rows.into_iter().find(|disk| disk.place == trouble.subject);
    Ok(match found.map(|disk| disk.level) {
        Some(DiskLevel::Enough) => Now::Well,
        Some(DiskLevel::Low | DiskLevel::Full) => Now::Wrong,
        None if listed.unreadable.is_empty() => Now::Gone,
        None => Now::Unknown,
    })
}

async fn tenant(tx: &mut Tx, trouble: &Trouble) -> Result<Now, StoreError> {
    let Ok(id) = trouble.subject.parse::<TenantId>() else { return Ok(Now::Gone) };
    let Some(tenant) = tenants::get(tx, trouble.organisation, id).await? else {
        return Ok(Now::Gone);
    };
    if matches!(tenant.state, TenantState::Archived { .. } | TenantState::Deleted { .. }) {
        return Ok(Now::Gone);
    }
    if trouble.kind == "tenant.over_limit" {
        return over_limit(tx, trouble, id).await;
    }
    let seen = observations::find(tx, trouble.organisation, id).await?;
    let drifts = seen.is_some_and(|seen| seen.drift.is_some());
    Ok(match (tenant.state, trouble.kind.as_str()) {
        (TenantState::Broken { .. }, "tenant.broken" | "tenant.drifted") => Now::Wrong,
        (TenantState::Drifted { .. }, "tenant.drifted") => Now::Wrong,
        (TenantState::Running | TenantState::OverLimit { .. }, "tenant.drifted") if drifts => {
            Now::Wrong
        }
        (TenantState::Running | TenantState::OverLimit { .. }, _) => Now::Well,
        // Whoever closed it knows of it.
        (TenantState::Stopped { .. } | TenantState::Suspended { .. }, "tenant.broken") => Now::Well,
        _ => Now::Unknown,
    })
}

/// By what was measured: the state says `running` after every start, until somebody looks again.
async fn over_limit(tx: &mut Tx, trouble: &Trouble, id: TenantId) -> Result<Now, StoreError> {
    let found = storage::find(tx, trouble.organisation, id).await?;
    Ok(match found.map(|found| found.level) {
        None => Now::Unknown,
        Some(Level::Over) => Now::Wrong,
        Some(Level::Fits | Level::Warned) => Now::Well,
    })
}
