//! The listening side: accepts visitors and looks after what all of them share.
//!
//! # Invariants
//!
//! * Each task that is started here is waited for before `serve` returns.
//! * A visitor beyond the limits is told so and let go before a byte of it was read.
//! * A thread that serves visitors, or the task that writes the log, ends only when it is told to. One
//!   that ends by itself did so by a fault of ours, and takes the edge along: whoever runs it starts
//!   anew, which is quicker and surer than to go on with what is left.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use berth_domain::Clock;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access_log::{AccessLog, AccessLogWriter};
use crate::admission::Admission;
use crate::request_id::RequestIds;
use crate::shared::{Shared, tenants_http, visitors_http};
use crate::tenants::Tenants;
use crate::visitor::is_trusted;
use crate::workers::{Visit, Workers};
use crate::{
    EdgeConfig, EdgeError, EdgeMetrics, LoginLinks, ProbeSecret, RouteTable, Traffic, Turns,
};

/// How often connections to tenants that lay aside too long are looked for.
const SWEEP: Duration = Duration::from_millis(500);
/// How long to wait when the system has no more descriptors: one may come back any moment.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);
/// What a visitor beyond the limits is told.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
    content-type: text/plain\r\ncontent-length: 35\r\n\r\nToo many connections at the moment.";

/// A door that listens and does not serve yet.
#[derive(Debug)]
pub struct Edge {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
    workers: Workers,
    log_writer: Option<AccessLogWriter>,
}

impl Edge {
    /// Listens where the configuration says. Visitors are let in by [`Edge::serve`].
    ///
    /// `clock` tells the times in the access log.
    pub async fn bind(
        config: EdgeConfig,
        routes: watch::Receiver<Arc<RouteTable>>,
        probe: ProbeSecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EdgeError> {
        let address = config.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| EdgeError::Listen { address, source })?;
        Self::open(listener, config, routes, probe, clock).await
    }

    /// Takes over a socket that listens already, as it is handed over when Berth upgrades itself
    /// (`LISTEN_FDS`). `config.listen` is not looked at.
    pub async fn from_listener(
        listener: std::net::TcpListener,
        config: EdgeConfig,
        routes: watch::Receiver<Arc<RouteTable>>,
        probe: ProbeSecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EdgeError> {
        let unusable = |source| EdgeError::Listener { source };
        listener.set_nonblocking(true).map_err(unusable)?;
        let listener = TcpListener::from_std(listener).map_err(unusable)?;
        Self::open(listener, config, routes, probe, clock).await
    }

    async fn open(
        listener: TcpListener,
        config: EdgeConfig,
        routes: watch::Receiver<Arc<RouteTable>>,
        probe: ProbeSecret,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, EdgeError> {
        let address = listener.local_addr().map_err(|source| EdgeError::Listener { source })?;
        let metrics = EdgeMetrics::new();
        let (log, log_writer) = match &config.access_log {
            None => (None, None),
            Some(path) => {
                let dropped = metrics.log_dropped.clone();
                let opened = AccessLog::open(path.clone(), config.workers, dropped)
                    .await
                    .map_err(|source| EdgeError::AccessLog { path: path.clone(), source })?;
                (Some(opened.0), Some(opened.1))
            }
        };
        let shared = Arc::new(Shared {
            to_visitors: visitors_http(&config.limits),
            to_tenants: tenants_http(),
            ids: RequestIds::new(clock.now()),
            stopping: AtomicBool::new(false),
            stop: CancellationToken::new(),
            tenants: Tenants::new(config.workers),
            logins: LoginLinks::default(),
            turns: Turns::of(config.workers),
            metrics,
            traffic: Traffic::default(),
            config,
            routes,
            probe,
            clock,
            log,
        });
        let workers = Workers::start(&shared).map_err(|source| EdgeError::Workers { source })?;
        Ok(Self { listener, address, shared, workers, log_writer })
    }

    /// Returns where visitors come in, with the real port where port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the listening socket once more, to be handed to a successor. It listens for as long as
    /// any copy of it is open.
    pub fn socket(&self) -> io::Result<OwnedFd> {
        self.listener.as_fd().try_clone_to_owned()
    }

    /// Returns the numbers of this edge, to be registered.
    #[must_use]
    pub fn metrics(&self) -> EdgeMetrics {
        self.shared.metrics.clone()
    }

    /// Returns the links that sign visitors in, to open some.
    #[must_use]
    pub fn logins(&self) -> LoginLinks {
        self.shared.logins.clone()
    }

    /// Returns what visitors ask of each tenant, as it is counted.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.shared.traffic.clone()
    }

    /// Returns whether its threads still turn, for a watchdog.
    #[must_use]
    pub fn turns(&self) -> Turns {
        self.shared.turns.clone()
    }

    /// Serves visitors until `stop`. Then nobody is let in any more, and requests and `WebSocket`s
    /// have `drain` to finish.
    ///
    /// Returns before the stop, and cuts everybody off, if a part of it is broken.
    pub async fn serve(self, stop: CancellationToken) {
        let Self { listener, address, shared, workers, log_writer } = self;
        let tasks = TaskTracker::new();
        let log_stop = CancellationToken::new();
        let broken = workers.broken();
        if let Some(writer) = log_writer {
            let (ended, log_stop) = (broken.clone().drop_guard(), log_stop.clone());
            tasks.spawn(async move {
                writer.run(log_stop).await;
                drop(ended);
            });
        }
        tracing::info!(%address, "the edge serves visitors at `{address}`");
        let visitors = TaskTracker::new();
        let reception = Reception::new(shared, workers, visitors.clone());
        tokio::select! {
            () = reception.accept(&listener, &stop) => {}
            () = broken.cancelled() => {
                tracing::error!("a part of the edge ended by itself, so all of it ends");
                return;
            }
        }
        drop(listener);
        visitors.close();
        tracing::info!(open = visitors.len(), "the edge lets nobody in any more");
        visitors.wait().await;
        reception.workers.end().await;
        log_stop.cancel();
        tasks.close();
        tasks.wait().await;
    }
}

/// Lets visitors in and gives them to the threads.
struct Reception {
    shared: Arc<Shared>,
    admission: Arc<Admission>,
    workers: Workers,
    visitors: TaskTracker,
}

impl Reception {
    fn new(shared: Arc<Shared>, workers: Workers, visitors: TaskTracker) -> Self {
        let limits = &shared.config.limits;
        let admission = Admission::new(limits.connections, limits.connections_per_ip);
        Self { shared, admission, workers, visitors }
    }

    async fn accept(&self, listener: &TcpListener, stop: &CancellationToken) {
        let shared = &self.shared;
        let mut sweep = tokio::time::interval(SWEEP);
        let mut routes = shared.routes.clone();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer),
                    Err(error) => pause_after(&error).await,
                },
                _ = sweep.tick() => {
                    shared.tenants.sweep(Instant::now());
                    if routes.has_changed().unwrap_or(false) {
                        let table = Arc::clone(&routes.borrow_and_update());
                        shared.tenants.forget_others(&table, &shared.metrics);
                        shared.traffic.forget_others(&table);
                    }
                }
                () = stop.cancelled() => {
                    shared.stopping.store(true, Ordering::Release);
                    shared.stop.cancel();
                    return;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let shared = &self.shared;
        let address = peer.ip().to_canonical();
        let spokesman = is_trusted(address, &shared.config.trusted_proxies);
        let Some(pass) = self.admission.admit(address, spokesman) else {
            shared.metrics.connections_refused.inc();
            // Best effort: whoever cannot take these bytes at once gets none.
            let _ = stream.try_write(FULL);
            return;
        };
        match stream.set_nodelay(true).and_then(|()| stream.into_std()) {
            Ok(stream) => {
                let stay = self.visitors.token();
                self.workers.take(Visit { stream, peer: address, pass, stay });
            }
            Err(error) => {
                tracing::debug!(%peer, %error, "a visitor left before it was let in");
            }
        }
    }
}

/// A failed `accept` is mostly about one visitor, who is gone. Without descriptors it fails again at
/// once, until somebody leaves (accept(2)).
async fn pause_after(error: &io::Error) {
    let one_visitor = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    );
    if !one_visitor {
        tracing::warn!(%error, "cannot take a visitor's connection");
        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    #[derive(Debug)]
    struct StandingClock;

    impl Clock for StandingClock {
        fn now(&self) -> berth_domain::Timestamp {
            berth_domain::Timestamp::UNIX_EPOCH
        }
    }

    #[tokio::test]
    async fn a_thread_that_panics_ends_the_edge_and_is_not_taken_for_a_stuck_one() {
        let config = EdgeConfig { listen: ([127, 0, 0, 1], 0).into(), ..EdgeConfig::default() };
        let (_table, routes) = watch::channel(Arc::default());
        let secret = ProbeSecret::from_bytes([0; 32]);
        let mut edge = Edge::bind(config, routes, secret, Arc::new(StandingClock)).await.unwrap();
        let turns = edge.turns();
        let of_worker = turns.clone();
        edge.workers = Workers::each(NonZeroUsize::MIN, |number| {
            let turns = of_worker.clone();
            move |runtime, _| runtime.block_on(turns.during(number, async { panic!("a trial") }))
        })
        .unwrap();

        let serving = edge.serve(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("it ends by itself");

        assert_eq!(turns.counts().next(), Some(None), "the thread is at rest");
    }
}
