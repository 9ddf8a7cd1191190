//! The engine: everything that use cases, operations and background work share.

#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Clock, IdSource};
use berth_edge::RouteTable;
use berth_runtime::Runtime;
use berth_store::{Store, epoch};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::door::Door;
use crate::error::EngineError;
use crate::locks::Locks;
use crate::operation::driver::{self, Bell};
use crate::operation::reporter::{self, Line, Reports};
use crate::parts::cluster::{self, ClusterGate};
use crate::routes::RouteBoard;
use crate::{Settings, boot, housekeeping};

/// Use cases of Berth. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

/// What an engine is put together from.
#[derive(Debug)]
pub struct Setup {
    pub settings: Settings,
    pub store: Store,
    pub runtime: Runtime,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub door: Arc<dyn Door>,
    pub routes: Routes,
}

/// The route table before anybody serves it.
#[derive(Debug)]
pub struct Routes(pub(crate) RouteBoard);

impl Routes {
    /// Reads the table that was saved last, and returns where the edge is to watch it. It begins empty
    /// when there is none or it cannot be used.
    #[must_use]
    pub fn load(paths: &crate::Paths) -> (Self, watch::Receiver<Arc<RouteTable>>) {
        let (board, table) = RouteBoard::load(paths.routes());
        (Self(board), table)
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) runtime: Runtime,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) door: Arc<dyn Door>,
    pub(crate) routes: RouteBoard,
    pub(crate) cluster: ClusterGate,
    pub(crate) bell: Bell,
    pub(crate) locks: Locks,
    /// How long to wait before an attempt of a step, which counts from 1.
    pub(crate) backoff: fn(u32) -> Duration,
    #[cfg(feature = "failpoints")]
    pub(crate) failpoints: Arc<dyn crate::failpoint::Failpoints>,
    pub(crate) reports: Reports,
    /// Changes whenever there are new events in the store.
    pub(crate) latest: watch::Sender<u64>,
    pub(crate) stop: CancellationToken,
}

impl Inner {
    /// Tells everybody who watches that the store has news.
    pub(crate) fn announce(&self) {
        self.latest.send_modify(|n| *n += 1);
    }
}

impl Engine {
    /// Takes the home over in a new epoch and starts the background work: the cluster, the tenants
    /// that should run, the operations that are not at rest. Returns at once; `tasks` ends after
    /// `stop`.
    pub async fn start(
        setup: Setup,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, EngineError> {
        let (inner, lines) = assemble(setup, stop);
        Self::begin(inner, lines, tasks).await
    }

    /// The same with somebody who may stop, fail or delay every step.
    #[cfg(feature = "failpoints")]
    pub async fn start_with(
        setup: Setup,
        faults: crate::failpoint::Faults,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, EngineError> {
        let (mut inner, lines) = assemble(setup, stop);
        inner.failpoints = faults.failpoints;
        inner.backoff = faults.backoff;
        Self::begin(inner, lines, tasks).await
    }

    async fn begin(
        inner: Inner,
        lines: UnboundedReceiver<Line>,
        tasks: &TaskTracker,
    ) -> Result<Self, EngineError> {
        let inner = Arc::new(inner);
        let mut tx = inner.store.begin().await?;
        let epoch = epoch::advance(&mut tx).await?;
        let id = berth_domain::OrganisationId::from_uuid(inner.ids.uuid());
        berth_store::organisations::ensure_default(&mut tx, id, inner.clock.now()).await?;
        tx.commit().await?;

        let background = background(Arc::clone(&inner), epoch, lines);
        tasks.spawn(background);
        Ok(Self(inner))
    }
}

fn assemble(setup: Setup, stop: CancellationToken) -> (Inner, UnboundedReceiver<Line>) {
    let Setup { settings, store, runtime, clock, ids, door, routes } = setup;
    let (reports, lines) = Reports::new(Arc::clone(&clock));
    let inner = Inner {
        settings,
        store,
        runtime,
        clock,
        ids,
        door,
        routes: routes.0,
        cluster: ClusterGate::default(),
        bell: Bell::default(),
        locks: Locks::default(),
        backoff: driver::backoff,
        #[cfg(feature = "failpoints")]
        failpoints: Arc::new(crate::failpoint::Nowhere),
        reports,
        latest: watch::Sender::new(0),
        stop,
    };
    (inner, lines)
}

/// Everything that goes on behind the use cases, until told to stop.
async fn background(engine: Arc<Inner>, epoch: i64, lines: UnboundedReceiver<Line>) {
    let stop = engine.stop.clone();
    let work = async {
        tokio::join!(
            reporter::write_reports(engine.store.clone(), lines, engine.latest.clone()),
            cluster::keep(&engine),
            boot::bring_back(&engine),
            driver::drive(Arc::clone(&engine), epoch, stop.clone()),
            housekeeping::keep(&engine),
        )
    };
    // Whatever is in the middle of something is cut off here: that is what a kill is, too.
    tokio::select! {
        _ = work => {}
        () = stop.cancelled() => {}
    }
}
