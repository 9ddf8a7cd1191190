//! One look at everything.

use berth_domain::Tenant;
use berth_domain::orphan::Claims;
use berth_domain::reconcile::{Action, plan};
use berth_edge::RouteState;
use berth_store::{observations, orphans, tenants};

use super::queue::Queue;
use super::record::{self, News};
use super::{Subject, everything, tend};
use crate::engine::Inner;
use crate::operation::StepError;

/// Looks at everything, writes down what is well, and queues who needs something.
pub(super) async fn scan(engine: &Inner, queue: &mut Queue) -> Result<(), StepError> {
    let began = engine.clock.now();
    // Before the rows: a route is made after its row.
    let routed = engine.routes.tenants();
    let (tenants, claims) = read(engine).await?;
    // A tenant whose row cannot be read has one, and visitors who come to it.
    for stray in routed.into_iter().filter(|id| !claims.has(&id.object_name())) {
        tracing::warn!(tenant.id = %stray, "a route led to a tenant that is gone: it is forgotten");
        engine.routes.remove(stray);
    }
    let seen = everything(engine, &tenants).await?;
    let now = engine.clock.now();
    let mut news = Vec::new();
    let mut needy = Vec::new();
    for (tenant, seen) in seen {
        if queue.has(tenant.id) {
            continue;
        }
        let desired = tend::desired(engine, &tenant);
        let plan = plan(&desired, &seen.observed, now);
        if plan.is_empty() {
            engine.reconciler.succeeded(tenant.id);
            news.push(News::well(&tenant, &seen, desired.restarts, now));
        } else {
            let start = plan.actions.iter().find(|planned| planned.action == Action::RunContainer);
            let start = start.filter(|_| !seen.observed.container.is_running());
            needy.push(Needy { tenant, down: start.map(|planned| planned.reason.clone()) });
        }
    }
    record::write(engine, news).await?;
    let mut tx = engine.store.begin().await?;
    observations::scanned(&mut tx, began).await?;
    tx.commit().await?;
    line_up(engine, queue, needy).await?;
    save_routes(engine).await;
    engine.reconciler.see_clearly();
    Ok(())
}

/// The tenants that can be read, and what rows have, whether they can be read or not.
async fn read(engine: &Inner) -> Result<(Vec<Tenant>, Claims), StepError> {
    let mut tx = engine.store.read().await?;
    let listed = tenants::all(&mut tx).await?;
    let claims = orphans::claims(&mut tx).await?;
    if engine.reconciler.is_new() {
        engine.reconciler.remember(observations::all(&mut tx).await?.rows);
    }
    for error in &listed.unreadable {
        tracing::error!(%error, "a tenant cannot be read");
    }
    engine.reconciler.know(listed.rows.iter());
    Ok((listed.rows, claims))
}

/// A tenant that needs something.
struct Needy {
    tenant: Tenant,
    /// Why it has to be started. `None`: it runs, or cannot be.
    down: Option<String>,
}

/// Queues them, production first. Visitors of those that do not run are told that they are on their
/// way; those that have to wait for their turn are not said to be running meanwhile.
async fn line_up(
    engine: &Inner,
    queue: &mut Queue,
    mut needy: Vec<Needy>,
) -> Result<(), StepError> {
    needy.sort_by_key(|needy| Subject::of(&needy.tenant));
    let places = queue.free_places();
    let mut news = Vec::new();
    for (place, Needy { tenant, down }) in needy.into_iter().enumerate() {
        if let Some(found) = down {
            // An operation that has it knows better what visitors are told.
            if let Some(_lock) = engine.locks.try_lock(&tend::lock_name(tenant.id))
                && engine.routes.is_open(tenant.id)
            {
                engine.routes.set(&tenant, RouteState::Starting, None);
            }
            if place >= places {
                let reason = format!("{found}; it waits for its turn to be started");
                news.push(News::drift(engine, &tenant, (&reason, None), None));
            }
        }
        queue.push(Subject::of(&tenant));
    }
    record::write(engine, news).await
}

/// What visitors get after a crash is what they get now.
async fn save_routes(engine: &Inner) {
    if engine.routes.is_saved().await {
        return;
    }
    match engine.routes.save().await {
        // An operation may be about to write the same: this alone says nothing bad about the disk.
        Ok(()) => tracing::debug!("the route table on disk was not the one in force: written"),
        Err(error) => tracing::error!(%error, "cannot save the route table"),
    }
}
