//! Letting visitors in, once the login page was served through the edge.

use std::time::Duration;

use berth_domain::Tenant;
use berth_edge::RouteState;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{sleep, timeout};

use super::tend::{Slow, lock_name, read};
use super::{Subject, execute};
use crate::engine::Inner;
use crate::operation::StepError;
use crate::parts::route;

/// After so long without an answer the tenant is not said to be running any more.
const GRACE: Duration = Duration::from_secs(20);
/// How long one attempt may take in all.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often to see whether an operation has begun.
const LOOK: Duration = Duration::from_millis(500);

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Published {
    Open,
    /// An operation began, or the tenant is gone.
    Left,
}

/// Waits for the login page. The lock is not held meanwhile: whoever wants something else of the
/// tenant does not wait for it.
pub(super) async fn publish(
    tenant: &Tenant,
    slow: &mut Slow<'_, '_>,
    lock: OwnedMutexGuard<()>,
) -> Result<Published, StepError> {
    let engine = &**slow.engine();
    let upstream = route::upstream(engine, tenant).await?;
    let route = engine.routes.find(tenant.id);
    // Visitors who get through are not held up by a look.
    if !route.is_some_and(|it| it.state == RouteState::Open && it.upstream == Some(upstream)) {
        engine.routes.set(tenant, execute::waiting_room(engine, tenant), Some(upstream));
    }
    drop(lock);

    let answered = if let Ok(answered) = timeout(GRACE, wait(engine, tenant)).await {
        answered
    } else {
        slow.is_slow().await?;
        let rest = PATIENCE.saturating_sub(GRACE);
        timeout(rest, wait(slow.engine(), tenant)).await.unwrap_or_else(|_| {
            let seconds = PATIENCE.as_secs();
            Err(StepError::retry(format!("the login page did not answer within {seconds} s")))
        })
    };
    let engine = &**slow.engine();
    if answered? == Published::Left {
        return Ok(Published::Left);
    }
    let Some(_lock) = engine.locks.try_lock(&lock_name(tenant.id)) else {
        return Ok(Published::Left);
    };
    if !is_same(engine, tenant).await? {
        return Ok(Published::Left);
    }
    engine.routes.set(tenant, RouteState::Open, Some(route::upstream(engine, tenant).await?));
    engine.routes.save().await.map_err(StepError::io("cannot save the route table"))?;
    Ok(Published::Open)
}

async fn wait(engine: &Inner, tenant: &Tenant) -> Result<Published, StepError> {
    let changed = async {
        loop {
            sleep(LOOK).await;
            match is_same(engine, tenant).await {
                Ok(true) | Err(_) => {}
                Ok(false) => return,
            }
        }
    };
    tokio::select! {
        answered = route::answers(engine, tenant) => answered.map(|()| Published::Open),
        () = changed => Ok(Published::Left),
    }
}

/// Whether nobody began to change it.
async fn is_same(engine: &Inner, tenant: &Tenant) -> Result<bool, StepError> {
    let now = read(engine, Subject::of(tenant)).await?;
    Ok(now.is_some_and(|now| now.generation == tenant.generation && now.state.is_up()))
}
