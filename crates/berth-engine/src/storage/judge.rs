//! What follows from a measurement: who is told, and what the tenant becomes.
//!
//! # Invariants
//!
//! * Figures, level, state and events of one tenant are written together, on the tenant as it is then.
//!   Events come last, also where several tenants are written at once.

use berth_domain::storage::{Level, Measured, Occasion};
use berth_domain::{Bytes, Tenant, TenantName, TenantState, Timestamp};
use berth_store::events::{self, NewEvent};
use berth_store::{StoreError, Tx, storage, tenants};
use serde_json::json;

use super::{Batch, Taken};
use crate::engine::Inner;
use crate::error::EngineError;

/// How many tenants are put in step at a time. The rest are found by the next look.
const AT_A_TIME: u32 = 200;

/// Whether it came out as the time before, and nothing follows from it.
pub(super) async fn is_as_before(engine: &Inner, taken: &Taken) -> Result<bool, StoreError> {
    let Taken { tenant, at, result } = taken;
    let mut tx = engine.store.read().await?;
    let Some(before) = storage::find(&mut tx, tenant.organisation, tenant.id).await? else {
        return Ok(false);
    };
    Ok(match result {
        Err(why) => before.problem.as_ref() == Some(why),
        Ok((measured, problem)) => {
            before.measured.is_some_and(|(figures, _)| figures == *measured)
                && before.problem == *problem
                && next(before.level, tenant, *measured) == before.level
                && before.level.moves(&tenant.state, *at).is_none()
        }
    })
}

/// Writes what was measured of these, and what follows from it, in one transaction.
pub(super) async fn write(engine: &Inner, taken: &[Taken]) -> Result<(), EngineError> {
    if taken.is_empty() {
        return Ok(());
    }
    let mut tx = engine.store.begin().await?;
    let mut told = Vec::new();
    for one in taken {
        told.extend(write_one(&mut tx, one).await?);
    }
    let now = engine.clock.now();
    for (_, event) in &told {
        events::append(&mut tx, event, now).await?;
    }
    tx.commit().await?;
    for (name, NewEvent { kind, data, .. }) in &told {
        tracing::warn!(tenant.name = %name, kind, %data, "the storage of a tenant");
    }
    if !told.is_empty() {
        engine.announce();
    }
    Ok(())
}

/// Returns what people are told, for the caller to append, last.
async fn write_one(
    tx: &mut Tx,
    Taken { tenant: seen, at, result }: &Taken,
) -> Result<Option<(TenantName, NewEvent)>, EngineError> {
    let (measured, problem) = match result {
        Ok((measured, problem)) => (*measured, problem.as_deref()),
        Err(why) => {
            storage::failed(tx, seen.id, why, *at).await?;
            return Ok(None);
        }
    };
    // Its limit or state may be another one by now.
    let Some(tenant) = tenants::get(tx, seen.organisation, seen.id).await? else {
        return Ok(None);
    };
    let before = storage::find(tx, tenant.organisation, tenant.id).await?;
    let before = before.map(|found| found.level).unwrap_or_default();
    let level = next(before, &tenant, measured);
    storage::measured(tx, tenant.id, (measured, *at), problem, level).await?;
    let _ = follow(tx, &tenant, level, *at).await?;
    let told = news(&tenant, measured.total(), (before, level));
    Ok(told.map(|event| (tenant.name, event)))
}

fn next(before: Level, tenant: &Tenant, measured: Measured) -> Level {
    if is_away(&tenant.state) {
        before
    } else {
        before.next(measured.total(), tenant.storage, Occasion::Measured)
    }
}

/// Judges a tenant anew whose limit was just changed in this transaction, by what was measured last.
/// The event is for the caller to append, last.
pub(crate) async fn reconsider(
    tx: &mut Tx,
    tenant: &Tenant,
    now: Timestamp,
) -> Result<Option<NewEvent>, EngineError> {
    let found = storage::find(tx, tenant.organisation, tenant.id).await?;
    let Some((before, (measured, _))) = found.and_then(|it| Some((it.level, it.measured?))) else {
        return Ok(None);
    };
    if is_away(&tenant.state) {
        return Ok(None);
    }
    let level = before.next(measured.total(), tenant.storage, Occasion::LimitChanged);
    storage::set_level(tx, tenant.id, level).await?;
    let _ = follow(tx, tenant, level, now).await?;
    Ok(news(tenant, measured.total(), (before, level)))
}

/// Gives tenants the state that their level asks for. Nobody is told again.
pub(super) async fn put_in_step(engine: &Inner) -> Result<(), EngineError> {
    // Those that stay as they are: they stand before the rest.
    let mut passed = 0;
    loop {
        let mut tx = engine.store.read().await?;
        let found = storage::out_of_step(&mut tx, (passed, AT_A_TIME)).await?;
        drop(tx);
        let batch = Batch::of(found);
        if batch.rows.is_empty() && batch.passed == 0 {
            return Ok(());
        }
        passed += batch.passed + follow_all(engine, &batch.rows).await?;
    }
}

/// Returns how many stay as they are.
async fn follow_all(engine: &Inner, tenants: &[Tenant]) -> Result<u32, EngineError> {
    let now = engine.clock.now();
    let mut staying = 0;
    let mut tx = engine.store.begin().await?;
    for tenant in tenants {
        let has_moved = match storage::find(&mut tx, tenant.organisation, tenant.id).await {
            Ok(Some(found)) => follow(&mut tx, tenant, found.level, now).await?,
            Ok(None) => false,
            // The others are put in step all the same.
            Err(error) => {
                tracing::error!(%error, "what a tenant fills cannot be read");
                false
            }
        };
        staying += u32::from(!has_moved);
    }
    tx.commit().await?;
    Ok(staying)
}

/// Returns whether the state had to change and did.
async fn follow(
    tx: &mut Tx,
    tenant: &Tenant,
    level: Level,
    now: Timestamp,
) -> Result<bool, EngineError> {
    let Some(event) = level.moves(&tenant.state, now) else { return Ok(false) };
    let next = tenant.state.on(event);
    let next = next.map_err(|error| EngineError::Failed(error.to_string()))?;
    // Whoever was faster is found out of step by the next look.
    Ok(tenants::set_state(tx, tenant.id, &tenant.state, &next).await?.is_updated())
}

/// What was put away does not grow, and nobody has to be told about it.
const fn is_away(state: &TenantState) -> bool {
    matches!(state, TenantState::Archived { .. } | TenantState::Deleted { .. })
}

/// What people are told when a tenant gets from one level to another. `None`: nothing.
fn news(tenant: &Tenant, used: Bytes, (before, level): (Level, Level)) -> Option<NewEvent> {
    let kind = match (before, level) {
        (Level::Fits | Level::Warned, Level::Over) => "tenant.over_limit",
        (Level::Fits, Level::Warned) => "tenant.storage_warning",
        (Level::Over, Level::Fits | Level::Warned) => "tenant.storage_ok",
        _ => return None,
    };
    let limit = tenant.storage.map(|bytes| bytes.0);
    let percent = limit.filter(|limit| *limit > 0).map(|limit| {
        u64::try_from(u128::from(used.0) * 100 / u128::from(limit)).unwrap_or(u64::MAX)
    });
    Some(NewEvent {
        organisation: tenant.organisation,
        operation: None,
        tenant: Some(tenant.id),
        kind: kind.to_owned(),
        data: json!({
            "tenant": tenant.name.as_str(), "used_bytes": used.0, "limit_bytes": limit,
            "percent": percent,
        }),
    })
}
