//! What the edge knows of each tenant besides its route: its counters and its idle connections.
//!
//! # Invariants
//!
//! * A connection is used again only by the thread that opened it, and only for the tenant that it was opened for, even if an address moves
//!   to another one.
//! * What is known of a tenant is forgotten soon after the table lost it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use berth_domain::{TenantId, TenantName};

use crate::metrics::{EdgeMetrics, StatusCounters};
use crate::traffic::Tally;
use crate::upstream::UpstreamConnection;
use crate::{Route, RouteTable, Traffic};

/// How long a connection lies aside. Odoo's workers close theirs after two silent seconds
/// (`ODOO_HTTP_SOCKET_TIMEOUT` in `odoo/service/server.py`), so ours go first.
const IDLE: Duration = Duration::from_millis(1_500);

/// How many connections to one tenant lie aside at most, in all threads together. Where there are more
/// threads, each of them has one.
const IDLE_CONNECTIONS: usize = 64;

/// Where answers are counted.
pub(crate) type Counts<'a> = (&'a EdgeMetrics, &'a Traffic);

/// Connections in the boxes in which they come and go.
type Aside = Vec<Box<UpstreamConnection>>;

/// One tenant as the edge sees it.
#[derive(Debug)]
pub(crate) struct TenantLive {
    name: TenantName,
    pub(crate) statuses: StatusCounters,
    pub(crate) tally: Arc<Tally>,
    requests: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
    websockets: Arc<AtomicUsize>,
    /// One for each thread, which is the only one to use its own.
    aside: Box<[Mutex<Aside>]>,
}

/// A place among a bounded number of places. Dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(places: &Arc<AtomicUsize>, limit: usize) -> Option<Self> {
        let taken = places.fetch_add(1, Ordering::Relaxed);
        // The guard exists before the check, so that a refusal gives the place back.
        let place = Self(Arc::clone(places));
        (taken < limit).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl TenantLive {
    fn new(route: &Route, (metrics, traffic): Counts<'_>, workers: NonZeroUsize) -> Self {
        let name = route.name.clone();
        let statuses = metrics.of_tenant(name.as_str());
        let tally = traffic.tally(route.tenant);
        let [requests, held, websockets] = std::array::from_fn(|_| Arc::default());
        let aside = (0..workers.get()).map(|_| Mutex::default()).collect();
        Self { name, statuses, tally, requests, held, websockets, aside }
    }

    /// Takes a place for one request. `None` means that the tenant has as many as it may.
    pub(crate) fn enter(&self, limit: usize) -> Option<Place> {
        Place::take(&self.requests, limit)
    }

    /// Takes a place to wait in. `None` means that as many wait as may.
    pub(crate) fn wait(&self, limit: usize) -> Option<Place> {
        Place::take(&self.held, limit)
    }

    /// Takes a place for one `WebSocket`. `None` means that the tenant has as many as it may.
    pub(crate) fn open_websocket(&self, limit: usize) -> Option<Place> {
        Place::take(&self.websockets, limit)
    }

    fn lying_aside(&self, worker: usize) -> MutexGuard<'_, Aside> {
        self.aside[worker].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection for the next request.
    pub(crate) fn put_aside(&self, mut connection: Box<UpstreamConnection>) {
        connection.idle_since = Instant::now();
        let limit = share(connection.worker, self.aside.len());
        let mut aside = self.lying_aside(connection.worker);
        if aside.len() < limit {
            aside.push(connection);
        }
    }

    /// Takes the connection to this address that was used last: it is the least likely to be stale.
    pub(crate) fn take_aside(
        &self,
        worker: usize,
        address: SocketAddr,
    ) -> Option<Box<UpstreamConnection>> {
        let mut aside = self.lying_aside(worker);
        let at = aside.iter().rposition(|connection| connection.address == address)?;
        let connection = aside.remove(at);
        (connection.idle_since.elapsed() < IDLE).then_some(connection)
    }

    fn sweep(&self, now: Instant) {
        for worker in 0..self.aside.len() {
            self.lying_aside(worker).retain(|connection| now - connection.idle_since < IDLE);
        }
    }
}

/// How many connections lie aside in one of so many threads: what cannot be shared evenly is for the
/// first of them.
fn share(worker: usize, workers: usize) -> usize {
    let more = usize::from(worker < IDLE_CONNECTIONS % workers);
    (IDLE_CONNECTIONS / workers + more).max(1)
}

/// All tenants that had a request lately.
#[derive(Debug)]
pub(crate) struct Tenants {
    all: Mutex<HashMap<TenantId, Arc<TenantLive>>>,
    workers: NonZeroUsize,
}

impl Tenants {
    pub(crate) fn new(workers: NonZeroUsize) -> Self {
        Self { all: Mutex::default(), workers }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<TenantLive>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is known of the tenant of a route.
    pub(crate) fn of(&self, route: &Route, counts: Counts<'_>) -> Arc<TenantLive> {
        let mut all = self.all();
        match all.get(&route.tenant) {
            Some(live) if live.name == route.name => Arc::clone(live),
            _ => {
                let live = Arc::new(TenantLive::new(route, counts, self.workers));
                all.insert(route.tenant, Arc::clone(&live));
                live
            }
        }
    }

    /// Closes connections that lay aside too long.
    pub(crate) fn sweep(&self, now: Instant) {
        let all: Vec<Arc<TenantLive>> = self.all().values().cloned().collect();
        for live in all {
            live.sweep(now);
        }
    }

    /// Forgets the tenants that have no route any more.
    pub(crate) fn forget_others(&self, table: &RouteTable, metrics: &EdgeMetrics) {
        let mut all = self.all();
        if all.is_empty() {
            return;
        }
        let known: HashMap<TenantId, &TenantName> =
            table.routes().map(|route| (route.tenant, &route.name)).collect();
        all.retain(|tenant, live| {
            let stays = known.get(tenant).is_some_and(|name| **name == live.name);
            if !stays {
                metrics.forget_tenant(live.name.as_str());
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_share_the_connections_that_lie_aside_and_none_goes_without() {
        for workers in 1..=200 {
            let shares: Vec<usize> = (0..workers).map(|worker| share(worker, workers)).collect();

            assert_eq!(shares.iter().sum::<usize>(), IDLE_CONNECTIONS.max(workers), "{shares:?}");
            let (least, most) = (shares.iter().min(), shares.iter().max());
            assert!(least >= Some(&1) && most <= least.map(|least| least + 1).as_ref());
        }
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let places = Arc::default();
        let first = Place::take(&places, 1);
        assert!(first.is_some());
        assert!(Place::take(&places, 1).is_none());

        drop(first);
        assert!(Place::take(&places, 1).is_some());
    }
}
