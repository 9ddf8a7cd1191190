//! Keeps tenants what they should be: looks, plans, puts right.
//!
//! # Invariants
//!
//! * Whatever makes it look brings no news along: who needs something is found out by looking, so a
//!   missed event costs time and nothing else.
//! * A tenant with an operation is left to it. Whoever changes a tenant holds its lock meanwhile, the
//!   driver for a whole operation, the reconciler for its actions.
//! * Clusters come before tenants, production before everything else, two tenants per core at a time.
//! * What fails is tried again after growing pauses, and said in the tenant's state.

mod execute;
mod memory;
mod observe;
mod publish;
mod queue;
mod record;
mod scan;
mod tend;

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{TenantId, chain};
use berth_runtime::{Stream, WorkloadEvent, WorkloadEventKind};
use futures_util::StreamExt as _;
use tokio::time::{Instant, sleep_until};

use crate::engine::Inner;

pub(crate) use memory::Memory;
pub(crate) use observe::{Seen, describe, everything, one};
use queue::Queue;
pub(crate) use tend::{desired, lock_name};

/// How long to wait before the engine is asked again for its events.
const RECONNECT: Duration = Duration::from_secs(2);
/// How long to wait after a scan that failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Reconciles for as long as the engine lives.
pub(crate) async fn keep(engine: &Arc<Inner>) {
    // Another process may have driven since this one did.
    engine.reconciler.forget();
    let mut queue = Queue::new(engine);
    let mut events = subscribe(engine).await;
    // Tenants cannot start without it, and would only be reported as drifted.
    let _ = engine.cluster.ready().await;
    let mut next_scan = Instant::now();
    let mut next_subscription = Instant::now() + RECONNECT;
    loop {
        tokio::select! {
            () = sleep_until(next_scan) => {
                next_scan = Instant::now() + scan(engine, &mut queue).await;
            }
            event = next(&mut events) => {
                if let Some(event) = event {
                    notice(engine, &mut queue, &event, &mut next_scan);
                } else {
                    // What happened meanwhile is only seen by looking at everything.
                    events = None;
                    next_subscription = Instant::now() + RECONNECT;
                }
            }
            () = sleep_until(next_subscription), if events.is_none() => {
                events = subscribe(engine).await;
                next_subscription = Instant::now() + RECONNECT;
                if events.is_some() {
                    next_scan = Instant::now();
                    engine.look_at_clusters();
                }
            }
            nudges = engine.reconciler.nudged() => {
                for nudge in nudges {
                    queue.nudge(nudge);
                }
            }
            () = queue.work() => {}
        }
    }
}

/// Looks at everything, and says when to do so again.
async fn scan(engine: &Arc<Inner>, queue: &mut Queue) -> Duration {
    let began = Instant::now();
    if let Err(error) = scan::scan(engine, queue).await {
        engine.reconciler.complain(&error.why);
        return AGAIN.min(engine.settings.scan_every);
    }
    // An installation so large that looking takes long is looked at less often.
    let every = engine.settings.scan_every;
    every.max((began.elapsed() * 20).min(Duration::from_mins(1)))
}

type Events = Option<Stream<WorkloadEvent>>;

async fn subscribe(engine: &Inner) -> Events {
    match engine.runtime.telemetry.events().await {
        Ok(events) => Some(events),
        Err(error) => {
            engine.reconciler.complain(&chain(&error));
            None
        }
    }
}

/// `None`: the stream is over.
async fn next(events: &mut Events) -> Option<WorkloadEvent> {
    let Some(stream) = events else { return std::future::pending().await };
    stream.next().await.and_then(Result::ok)
}

/// Looks at the tenant of an event soon, or at the cluster.
fn notice(engine: &Inner, queue: &mut Queue, event: &WorkloadEvent, next_scan: &mut Instant) {
    let Some(tenant) = event.tenant else {
        if event.kind != WorkloadEventKind::Started {
            engine.look_at_clusters();
        }
        return;
    };
    if event.name != tenant.object_name().as_str() {
        // A job of the tenant, which belongs to an operation.
        return;
    }
    match engine.reconciler.subject(tenant) {
        Some(subject) => queue.push(subject),
        // Made since the last scan.
        None => *next_scan = Instant::now(),
    }
}

/// Whom to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    /// Sorts production to the front.
    pub(crate) is_last: bool,
    pub(crate) id: TenantId,
    pub(crate) organisation: berth_domain::OrganisationId,
}

impl Subject {
    pub(crate) fn of(tenant: &berth_domain::Tenant) -> Self {
        Self {
            is_last: tenant.stage != berth_domain::Stage::Production,
            id: tenant.id,
            organisation: tenant.organisation,
        }
    }
}
