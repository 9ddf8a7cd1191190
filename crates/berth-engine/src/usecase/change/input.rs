//! What a change asks for, checked, in the words of its operation.

use berth_domain::operation::{OperationKind, OperationState};
use berth_domain::{HostName, Problems, Tenant, TenantName, TenantState};
use berth_store::operations::{self, Filter};
use berth_store::{Part, Tx};
use serde::Serialize;
use serde_json::{Value, json};

use super::modules;
use crate::admission::{quota, room, taken};
use crate::disk;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::request::{RenameTenant, TenantChange};
use crate::sagas::bring_back::BringBackInput;
use crate::sagas::put_away::PutAwayInput;
use crate::sagas::rename::{Called, RenameInput};

/// Returns the input of the operation, or everything that is wrong with what was asked for.
pub(super) async fn of(
    engine: &Inner,
    tenant: &Tenant,
    (kind, change): (OperationKind, &TenantChange),
) -> Result<Value, EngineError> {
    let mut problems = Problems::default();
    if matches!(kind, OperationKind::TenantUnarchive | OperationKind::TenantRestoreDeleted) {
        room::check(engine, room::Asked::of(tenant, tenant.limits), &mut problems).await?;
    }
    beside(engine, tenant, (kind, change), problems).await
}

/// The same without asking the container engine what the host has.
pub(super) async fn known(
    engine: &Inner,
    tenant: &Tenant,
    asked: (OperationKind, &TenantChange),
) -> Result<Value, EngineError> {
    beside(engine, tenant, asked, Problems::default()).await
}

/// The same, where something may be wrong with it already.
async fn beside(
    engine: &Inner,
    tenant: &Tenant,
    (kind, change): (OperationKind, &TenantChange),
    problems: Problems,
) -> Result<Value, EngineError> {
    match (kind, change) {
        (OperationKind::TenantArchive | OperationKind::TenantDelete, _) => {
            let mut tx = engine.store.read().await?;
            let suspended = was_suspended(&mut tx, tenant).await?;
            let grace_days = engine.settings.delete_grace_days;
            Ok(json(&PutAwayInput { grace_days, suspended }))
        }
        (OperationKind::TenantUnarchive | OperationKind::TenantRestoreDeleted, _) => {
            bring_back(engine, tenant, problems).await
        }
        (_, TenantChange::Rename(to)) => rename(engine, tenant, to).await,
        (_, TenantChange::Modules(asked)) => {
            Ok(json(&modules::input(engine, tenant, asked).await?))
        }
        _ => Ok(json!({})),
    }
}

fn json(input: &impl Serialize) -> Value {
    serde_json::to_value(input).expect("plain data has a JSON form")
}

async fn bring_back(
    engine: &Inner,
    tenant: &Tenant,
    mut problems: Problems,
) -> Result<Value, EngineError> {
    if let Err(no_room) = disk::room(engine, disk::Purpose::BringBack).await {
        no_room.note(&mut problems);
    }
    let mut tx = engine.store.read().await?;
    quota::check(engine, &mut tx, &quota::Wanted::of(tenant), None, &mut problems).await?;
    if !problems.is_empty() {
        return Err(EngineError::Invalid(problems));
    }
    Ok(json(&BringBackInput { suspended: was_suspended(&mut tx, tenant).await? }))
}

/// Whether visitors are refused, or were when the tenant was put away: whoever may bring it back may
/// not let them in by that.
async fn was_suspended(tx: &mut Tx, tenant: &Tenant) -> Result<bool, EngineError> {
    match tenant.state {
        state if state.is_suspended() => return Ok(true),
        TenantState::Archived { .. } | TenantState::Deleted { .. } => {}
        _ => return Ok(false),
    }
    let mut newest = None;
    for kind in [OperationKind::TenantArchive, OperationKind::TenantDelete] {
        let filter =
            Filter { state: Some(OperationState::Done), tenant: Some(tenant.id), kind: Some(kind) };
        let found = operations::list(tx, tenant.organisation, &filter, &Part::first(1)).await?;
        newest =
            newest.max(found.rows.into_iter().map(|row| (row.id, row.input.to_string())).next());
    }
    let input = newest.and_then(|(_, input)| serde_json::from_str::<PutAwayInput>(&input).ok());
    Ok(input.is_some_and(|input| input.suspended))
}

async fn rename(
    engine: &Inner,
    tenant: &Tenant,
    RenameTenant { name, host }: &RenameTenant,
) -> Result<Value, EngineError> {
    let mut problems = Problems::default();
    let name: Option<TenantName> = problems.check("name", name.parse());
    let host: Option<HostName> = match host {
        Some(host) => problems.check("host", host.parse()),
        None => name.as_ref().map(|name| default_host(engine, tenant, name)),
    };
    if let (Some(name), Some(host)) = (&name, &host) {
        if (name, host) == (&tenant.name, &tenant.host) {
            problems.add("name", format!("the tenant is called `{name}` already"));
        }
        // One that it has already, it may keep.
        if *host != tenant.host {
            taken::by_console(engine, host, &mut problems);
        }
        let mut tx = engine.store.read().await?;
        taken::check(&mut tx, (name, host), Some(tenant), &mut problems).await?;
    }
    match (name, host, problems.is_empty()) {
        (Some(name), Some(host), true) => Ok(json(&RenameInput {
            from: Called::new(&tenant.name, &tenant.host),
            to: Called::new(&name, &host),
        })),
        _ => Err(EngineError::Invalid(problems)),
    }
}

/// A host of one's own stays; the default one follows the name.
fn default_host(engine: &Inner, tenant: &Tenant, name: &TenantName) -> HostName {
    let base = &engine.settings.base_domain;
    if tenant.host == HostName::of_tenant(&tenant.name, base) {
        HostName::of_tenant(name, base)
    } else {
        tenant.host.clone()
    }
}
