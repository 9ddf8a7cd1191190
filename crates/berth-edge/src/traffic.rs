//! What visitors asked of each tenant, and how long answers took.
//!
//! # Invariants
//!
//! * Counts of a tenant only grow, whatever becomes of its name and its route, for as long as it has one.
//! * Berth's own probes are in no count, and neither are `WebSocket`s.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use berth_domain::TenantId;
use berth_domain::statistics::{Requests, Times};

use crate::RouteTable;

/// The counts of all tenants. Copies count into the same ones.
#[derive(Debug, Clone, Default)]
pub struct Traffic(Arc<Mutex<HashMap<TenantId, Arc<Tally>>>>);

/// One tenant's counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    all: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    times: [AtomicU64; Times::PLACES],
}

impl Tally {
    /// Counts one answer.
    pub(crate) fn count(&self, status: u16, took: Duration) {
        self.all.fetch_add(1, Ordering::Relaxed);
        match status / 100 {
            4 => self.refused.fetch_add(1, Ordering::Relaxed),
            5 => self.failed.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
        self.times[Times::place(took)].fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> Requests {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Requests {
            all: read(&self.all),
            refused: read(&self.refused),
            failed: read(&self.failed),
            times: Times::of(std::array::from_fn(|place| read(&self.times[place]))),
        }
    }
}

impl Traffic {
    fn all(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Tally>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted of a tenant since this process serves it. Nobody came when there is nothing.
    #[must_use]
    pub fn of(&self, tenant: TenantId) -> Requests {
        self.all().get(&tenant).map(|tally| tally.read()).unwrap_or_default()
    }

    /// Counts an answer of a tenant, as the edge does.
    pub fn count(&self, tenant: TenantId, status: u16, took: Duration) {
        self.tally(tenant).count(status, took);
    }

    pub(crate) fn tally(&self, tenant: TenantId) -> Arc<Tally> {
        Arc::clone(self.all().entry(tenant).or_default())
    }

    /// Forgets the tenants that have no route any more.
    pub(crate) fn forget_others(&self, table: &RouteTable) {
        let there: HashSet<TenantId> = table.routes().map(|route| route.tenant).collect();
        self.all().retain(|tenant, _| there.contains(tenant));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> TenantId {
        format!("tnt_{:032x}", 7).parse().unwrap()
    }

    #[test]
    fn answers_are_counted_by_their_class_and_by_how_long_they_took() {
        let (traffic, tenant) = (Traffic::default(), tenant());
        assert_eq!(traffic.of(tenant), Requests::default());

        for (status, millis) in [(200, 5), (303, 5), (404, 5), (499, 90), (500, 90), (503, 30_000)]
        {
            traffic.count(tenant, status, Duration::from_millis(millis));
        }

        let counted = traffic.clone().of(tenant);
        assert_eq!((counted.all, counted.refused, counted.failed), (6, 2, 2));
        assert_eq!(counted.times.to_string(), "3 0 0 0 2 0 0 0 0 0 0 0 0 0 0 1");
    }

    #[test]
    fn whoever_has_no_route_any_more_is_forgotten() {
        let (traffic, tenant) = (Traffic::default(), tenant());
        traffic.count(tenant, 200, Duration::ZERO);

        traffic.forget_others(&RouteTable::default());

        assert_eq!(traffic.of(tenant), Requests::default());
    }
}
