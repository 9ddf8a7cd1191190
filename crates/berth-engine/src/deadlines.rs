//! What happens to tenants when their time has come.
//!
//! # Invariants
//!
//! * A deleted tenant is removed for good when its grace period is over, never before.
//! * A tenant that expired is suspended. Nothing of it is removed.
//! * Who has to know is warned 7 days and 1 day before, once each.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Actor, Tenant, chain};
use berth_store::events::NewEvent;
use berth_store::{Listed, deadlines, events};
use serde_json::json;

use crate::asker::Asker;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::parts::route;

use crate::request::TenantChange;
use crate::{Engine, Kind};

/// How often to look.
const EVERY: Duration = Duration::from_mins(1);
/// How many tenants are dealt with at a time. The rest are found by the next look.
const AT_A_TIME: u32 = 100;
/// How many days ahead to warn, latest first.
const WARNINGS: [u32; 2] = [1, 7];

/// Looks for as long as the engine lives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    loop {
        if let Err(error) = look(engine).await {
            tracing::warn!(error = %chain(&error), "cannot look for tenants whose time has come");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Does everything that is due.
pub(crate) async fn look(engine: &Arc<Inner>) -> Result<(), EngineError> {
    let now = engine.clock.now();
    let mut tx = engine.store.read().await?;
    let over = readable(deadlines::over(&mut tx, now, AT_A_TIME).await?);
    let expired = readable(deadlines::expired(&mut tx, now, AT_A_TIME).await?);
    let closed = readable(deadlines::closed(&mut tx, u32::MAX >> 1).await?);
    drop(tx);
    for tenant in closed {
        reword(engine, &tenant).await;
    }
    for tenant in over {
        begin(engine, &tenant, &TenantChange::Purge).await;
    }
    for tenant in expired {
        begin(engine, &tenant, &TenantChange::Suspend).await;
    }
    warn(engine).await
}

/// Tells visitors of a closed tenant why it is closed now.
pub(crate) async fn reword(engine: &Inner, tenant: &Tenant) {
    if engine.routes.reword(tenant.id, route::closed(engine, tenant))
        && let Err(error) = engine.routes.save().await
    {
        tracing::warn!(tenant.name = %tenant.name, %error, "cannot save the route table");
    }
}

fn readable(listed: Listed<Tenant>) -> Vec<Tenant> {
    for error in &listed.unreadable {
        tracing::error!(%error, "a tenant cannot be read");
    }
    listed.rows
}

async fn begin(engine: &Arc<Inner>, tenant: &Tenant, change: &TenantChange) {
    let engine = Engine(Arc::clone(engine), Asker::INSIDE);
    match engine.begin_change(&Actor::System, (tenant, None), change).await {
        Ok(operation) => tracing::info!(
            tenant.name = %tenant.name, operation.id = %operation.id,
            operation.kind = %operation.kind, "the time of a tenant has come"
        ),
        // Somebody was faster. If that was not it, the next look finds the tenant again.
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::NotFound) => {}
        Err(error) => tracing::warn!(
            tenant.name = %tenant.name, error = %chain(&error),
            "the time of a tenant has come, and nothing can be done about it"
        ),
    }
}

/// Warns about tenants that expire soon. One that is close is warned about once, not once per stage.
async fn warn(engine: &Inner) -> Result<(), EngineError> {
    let now = engine.clock.now();
    for days in WARNINGS {
        let by = now + Duration::from_hours(24 * u64::from(days));
        let mut tx = engine.store.begin().await?;
        let soon = readable(deadlines::to_warn(&mut tx, (now, by), days, AT_A_TIME).await?);
        for tenant in &soon {
            let Some(at) = tenant.details.expires_at else { continue };
            let (organisation, id) = (tenant.organisation, tenant.id);
            if !deadlines::warned(&mut tx, organisation, id, (at, days)).await?.is_updated() {
                continue;
            }
            tracing::warn!(tenant.name = %tenant.name, expires_at = %at, "a tenant expires soon");
            let event = NewEvent {
                organisation,
                operation: None,
                tenant: Some(id),
                kind: "tenant.expires".to_owned(),
                data: json!({
                    "tenant": tenant.name.as_str(), "expires_at": at.to_string(), "days": days,
                }),
            };
            events::append(&mut tx, &event, now).await?;
        }
        tx.commit().await?;
        if !soon.is_empty() {
            engine.announce();
        }
    }
    Ok(())
}
