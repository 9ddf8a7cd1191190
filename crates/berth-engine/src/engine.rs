//! The engine: everything that use cases, operations and background work share.

mod peers;
mod pulse;
mod role;
#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Clock, IdSource, Timestamp};
use berth_edge::{LoginLinks, RouteTable, Traffic};
use berth_runtime::Runtime;
use berth_store::Store;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Settings;
use crate::asker::Asker;
use crate::door::{ConsoleDoor, Door};
use crate::error::EngineError;
use crate::last_look::LastLook;
use crate::locks::Locks;
use crate::messenger::Messenger;
use crate::notices::Counted;
use crate::operation::driver::{self, Bell};
use crate::operation::reporter::{self, Line, Reports};
use crate::parts::cluster::{ClusterGate, OwnClusters};
use crate::providers::Providers;
use crate::routes::RouteBoard;
use crate::usecase::audit::{Denials, denied};
use crate::usecase::{self, Doorkeeper};
use crate::view::Check;
use crate::{checkup, disk, logs, orphans, reconciler, statistics, storage};

pub use pulse::Pulse;
pub use role::{Epoch, Role};

/// Use cases of Berth, and on what terms they are asked for. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine(pub(crate) Arc<Inner>, pub(crate) Asker);

/// What an engine is put together from.
#[derive(Debug)]
pub struct Setup {
    pub settings: Settings,
    pub store: Store,
    pub runtime: Runtime,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub door: Arc<dyn Door>,
    /// `None`: nobody comes to a console.
    pub console: Option<Arc<dyn ConsoleDoor>>,
    pub messenger: Arc<dyn Messenger>,
    /// Where else people may sign in.
    pub providers: Providers,
    pub routes: Routes,
    /// Where the edge finds links that sign visitors in.
    pub logins: LoginLinks,
    /// What the edge counts.
    pub traffic: Traffic,
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
    pub(crate) console: Option<Arc<dyn ConsoleDoor>>,
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) providers: Providers,
    pub(crate) notices: Counted,
    pub(crate) routes: RouteBoard,
    pub(crate) logins: LoginLinks,
    /// The cluster that all tenants share which have none for themselves.
    pub(crate) cluster: Arc<ClusterGate>,
    pub(crate) own_clusters: OwnClusters,
    pub(crate) bell: Bell,
    pub(crate) locks: Locks,
    pub(crate) reconciler: reconciler::Memory,
    pub(crate) storage: storage::Memory,
    pub(crate) statistics: statistics::Memory,
    pub(crate) traffic: Traffic,
    pub(crate) disk: disk::Memory,
    pub(crate) checks: LastLook<Vec<Check>>,
    pub(crate) checkups: checkup::Checkups,
    pub(crate) logs: logs::Slots,
    pub(crate) orphans: orphans::Tally,
    pub(crate) doorkeeper: Doorkeeper,
    pub(crate) denials: Denials,
    /// Threads that work on files.
    pub(crate) file_work: TaskTracker,
    pub(crate) role: watch::Sender<Role>,
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
    /// The same engine, for what is asked for on other terms.
    #[must_use]
    pub fn asked_by(&self, asker: Asker) -> Self {
        Self(Arc::clone(&self.0), asker)
    }

    /// The same engine, for one of several things that were asked for at once.
    #[must_use]
    pub fn once_for(&self, part: &str) -> Self {
        let once = self.1.once.as_ref().map(|once| once.for_part(part));
        Self(Arc::clone(&self.0), Asker { once, ..self.1.clone() })
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// How many things belonged to nobody at the last look. `None`: this process has not looked.
    #[must_use]
    pub fn orphan_count(&self) -> Option<i64> {
        self.0.orphans.get()
    }

    /// Opens the engine and drives at once, in a new epoch. For installations of one process.
    pub async fn start(
        setup: Setup,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, EngineError> {
        let (inner, lines) = assemble(setup, stop);
        Self::drive_at_once(inner, lines, tasks).await
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
        Self::drive_at_once(inner, lines, tasks).await
    }

    /// Makes the use cases available. Nothing is driven: see [`Engine::stand_by`] and
    /// [`Engine::drive`]. What runs in `tasks` ends after `stop`.
    #[must_use]
    pub fn open(setup: Setup, tasks: &TaskTracker, stop: CancellationToken) -> Self {
        let (inner, lines) = assemble(setup, stop);
        Self::listening(inner, lines, tasks)
    }

    /// The same with somebody who may stop, fail or delay every step.
    #[cfg(feature = "failpoints")]
    #[must_use]
    pub fn open_with(
        setup: Setup,
        faults: crate::failpoint::Faults,
        tasks: &TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let (mut inner, lines) = assemble(setup, stop);
        inner.failpoints = faults.failpoints;
        inner.backoff = faults.backoff;
        Self::listening(inner, lines, tasks)
    }

    fn listening(inner: Inner, lines: UnboundedReceiver<Line>, tasks: &TaskTracker) -> Self {
        let inner = Arc::new(inner);
        tasks.spawn(listen(Arc::clone(&inner), lines));
        tasks.spawn(checkup::keep(Arc::clone(&inner)));
        Self(inner, Asker::INSIDE)
    }

    async fn drive_at_once(
        inner: Inner,
        lines: UnboundedReceiver<Line>,
        tasks: &TaskTracker,
    ) -> Result<Self, EngineError> {
        let engine = Self::listening(inner, lines, tasks);
        let epoch = engine.begin().await?;
        let inner = Arc::clone(&engine.0);
        tasks.spawn(async move { Box::pin(role::carry_on(&inner, epoch, &inner.stop)).await });
        Ok(engine)
    }
}

fn assemble(setup: Setup, stop: CancellationToken) -> (Inner, UnboundedReceiver<Line>) {
    let Setup { settings, store, runtime, clock, ids, door, console, .. } = setup;
    let Setup { messenger, providers, routes, logins, traffic, .. } = setup;
    let (reports, lines) = Reports::new(Arc::clone(&clock));
    let inner = Inner {
        settings,
        store,
        runtime,
        clock,
        ids,
        door,
        console,
        messenger,
        providers,
        notices: Counted::default(),
        routes: routes.0,
        logins,
        cluster: Arc::default(),
        own_clusters: OwnClusters::default(),
        bell: Bell::default(),
        locks: Locks::default(),
        reconciler: reconciler::Memory::default(),
        storage: storage::Memory::default(),
        statistics: statistics::Memory::default(),
        traffic,
        disk: disk::Memory::default(),
        checks: LastLook::default(),
        checkups: checkup::Checkups::default(),
        logs: logs::Slots::default(),
        orphans: orphans::Tally::default(),
        doorkeeper: Doorkeeper::default(),
        denials: Denials::default(),
        file_work: TaskTracker::new(),
        role: watch::Sender::new(Role::Standby),
        backoff: driver::backoff,
        #[cfg(feature = "failpoints")]
        failpoints: Arc::new(crate::failpoint::Nowhere),
        reports,
        latest: watch::Sender::new(0),
        stop,
    };
    (inner, lines)
}

/// What goes on whether this process drives or not: writing what operations report and what was denied
/// again and again, and hearing of what other processes wrote.
async fn listen(engine: Arc<Inner>, lines: UnboundedReceiver<Line>) {
    let work = async {
        tokio::join!(
            reporter::write_reports(engine.store.clone(), lines, engine.latest.clone()),
            peers::listen(&engine),
            usecase::warn_of_console_names(&engine),
            denied::keep(&engine),
        )
    };
    tokio::select! {
        _ = work => {}
        () = engine.stop.cancelled() => {}
    }
    denied::tell_the_rest(&engine).await;
}
