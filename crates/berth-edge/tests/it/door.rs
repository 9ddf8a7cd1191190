//! An edge that serves, with a table that the test can change.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use berth_domain::{Clock, Timestamp};
use berth_edge::{
    Edge, EdgeConfig, EdgeMetrics, LoginLinks, ProbeSecret, Route, RouteState, RouteTable, Upstream,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::talk::soon;

/// A clock that stands at 2027-01-01.
#[derive(Debug)]
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        "2027-01-01T00:00:00Z".parse().unwrap()
    }
}

/// A clock that panics when the first visitor asks, after the edge itself did.
#[derive(Debug, Default)]
pub(crate) struct ClockThatBreaksOnce(AtomicUsize);

impl Clock for ClockThatBreaksOnce {
    fn now(&self) -> Timestamp {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) != 1, "a trial");
        StandingClock.now()
    }
}

/// An edge that serves.
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) routes: watch::Sender<Arc<RouteTable>>,
    pub(crate) metrics: EdgeMetrics,
    pub(crate) logins: LoginLinks,
    pub(crate) stop: CancellationToken,
    tasks: TaskTracker,
}

pub(crate) fn secret() -> ProbeSecret {
    ProbeSecret::from_bytes([42; 32])
}

/// The route of the tenant `acme` under `acme.localhost`.
pub(crate) fn route(upstream: Option<SocketAddr>) -> Route {
    named_route("acme", 1, upstream)
}

pub(crate) fn named_route(name: &str, number: u32, upstream: Option<SocketAddr>) -> Route {
    Route {
        host: format!("{name}.localhost").parse().unwrap(),
        tenant: format!("tnt_{number:032x}").parse().unwrap(),
        name: name.parse().unwrap(),
        database: format!("t_{number:010x}").parse().unwrap(),
        state: RouteState::Open,
        upstream: upstream.map(|http| Upstream { http, websocket: None }),
        language: None,
    }
}

pub(crate) fn in_state(mut route: Route, state: RouteState) -> Route {
    route.state = state;
    route
}

impl Door {
    pub(crate) async fn open(routes: Vec<Route>) -> Self {
        Self::with(routes, |_| {}).await
    }

    pub(crate) async fn with(routes: Vec<Route>, adjust: impl FnOnce(&mut EdgeConfig)) -> Self {
        Self::with_clock(routes, Arc::new(StandingClock), adjust).await
    }

    pub(crate) async fn with_clock(
        routes: Vec<Route>,
        clock: Arc<dyn Clock>,
        adjust: impl FnOnce(&mut EdgeConfig),
    ) -> Self {
        let mut config =
            EdgeConfig { listen: "127.0.0.1:0".parse().unwrap(), ..EdgeConfig::default() };
        adjust(&mut config);
        let (routes, watched) = watch::channel(Arc::new(RouteTable::new(routes)));
        let edge = Edge::bind(config, watched, secret(), clock).await.unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (address, metrics, logins) = (edge.address(), edge.metrics(), edge.logins());
        tasks.spawn(edge.serve(stop.clone()));
        tasks.close();
        Self { address, routes, metrics, logins, stop, tasks }
    }

    pub(crate) fn change(&self, routes: Vec<Route>) {
        self.routes.send_replace(Arc::new(RouteTable::new(routes)));
    }

    /// Stops the edge and waits until it has.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        soon("the edge to stop", self.tasks.wait()).await;
    }

    /// Returns the number that a metric shows, 0 if it does not show any.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let mut registry = prometheus_client::registry::Registry::default();
        self.metrics.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0.0, |value| value.trim().parse().unwrap())
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
