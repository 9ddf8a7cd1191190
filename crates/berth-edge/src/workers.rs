//! The threads that serve visitors.
//!
//! Each has a runtime of its own. Whatever belongs to a visitor, the connections to tenants that carry
//! its requests included, stays in the thread that the visitor was given to: while a request passes, no
//! other thread is woken and no lock is waited for (ADR 0019).
//!
//! # Invariants
//!
//! * A visitor is given to the thread that has the fewest of them, and stays there.
//! * Whoever ends the threads has waited for their visitors before.
//! * A thread that ends by itself is told of at once (`Workers::broken`). A visit that panics ends alone.

use std::io;
use std::net::{IpAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::admission::Pass;
use crate::connection;
use crate::metrics::Counted;
use crate::shared::Shared;

/// A visitor who was let in.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) stream: TcpStream,
    pub(crate) peer: IpAddr,
    pub(crate) pass: Pass,
    /// Is waited for before the edge is closed.
    pub(crate) stay: TaskTrackerToken,
}

/// The threads, from their start to their end.
#[derive(Debug)]
pub(crate) struct Workers {
    all: Vec<Worker>,
    /// Some thread has ended.
    broken: CancellationToken,
}

/// What arrives in a thread. It holds no more than may be let in: each visit has its pass.
type Arriving = mpsc::UnboundedReceiver<(Visit, Present)>;

#[derive(Debug)]
struct Worker {
    visits: mpsc::UnboundedSender<(Visit, Present)>,
    present: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

/// Counts a visitor as present in a thread for as long as it lives.
#[derive(Debug)]
pub(crate) struct Present(Arc<AtomicUsize>);

impl Present {
    fn in_thread_of(present: &Arc<AtomicUsize>) -> Self {
        present.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(present))
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Workers {
    /// Starts as many threads as the configuration says.
    pub(crate) fn start(shared: &Arc<Shared>) -> io::Result<Self> {
        Self::each(shared.config.workers, |number| {
            let shared = Arc::clone(shared);
            move |runtime: &Runtime, arriving| work(runtime, number, &shared, arriving)
        })
    }

    /// Starts threads for work that each of them has.
    pub(crate) fn each<W>(count: NonZeroUsize, work: impl Fn(usize) -> W) -> io::Result<Self>
    where
        W: FnOnce(&Runtime, Arriving) + Send + 'static,
    {
        let broken = CancellationToken::new();
        let start = |number| Worker::start(number, work(number), broken.clone().drop_guard());
        let all = (0..count.get()).map(start).collect::<io::Result<_>>()?;
        Ok(Self { all, broken })
    }

    /// Is cancelled once a thread has ended.
    pub(crate) fn broken(&self) -> CancellationToken {
        self.broken.clone()
    }

    /// Gives a visitor to a thread.
    pub(crate) fn take(&self, visit: Visit) {
        let Some(worker) =
            self.all.iter().min_by_key(|worker| worker.present.load(Ordering::Relaxed))
        else {
            return;
        };
        let present = Present::in_thread_of(&worker.present);
        if worker.visits.send((visit, present)).is_err() {
            tracing::error!("a thread of the edge is gone, and a visitor with it");
        }
    }

    /// Ends the threads. Visitors that are still there are cut off.
    pub(crate) async fn end(self) {
        for Worker { visits, thread, .. } in self.all {
            drop(visits);
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("a thread of the edge did not end well");
            }
        }
    }
}

impl Worker {
    fn start(
        number: usize,
        work: impl FnOnce(&Runtime, Arriving) + Send + 'static,
        ended: DropGuard,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (visits, arriving) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name(format!("edge-{number}")).spawn(move || {
            // Also dropped when the work panics.
            let _ended = ended;
            work(&runtime, arriving);
        })?;
        Ok(Self { visits, present: Arc::default(), thread })
    }
}

fn work(runtime: &Runtime, number: usize, shared: &Arc<Shared>, mut arriving: Arriving) {
    let serving = async {
        while let Some((visit, present)) = arriving.recv().await {
            let tasks = visit.stay.task_tracker().clone();
            tasks.spawn(stay(Arc::clone(shared), number, visit, present));
        }
    };
    runtime.block_on(shared.turns.during(number, serving));
}

async fn stay(shared: Arc<Shared>, number: usize, visit: Visit, present: Present) {
    let open = Counted::in_gauge(&shared.metrics.connections);
    let Visit { stream, peer, pass, stay } = visit;
    match tokio::net::TcpStream::from_std(stream) {
        Ok(stream) => connection::serve(shared, number, stream, peer).await,
        Err(error) => tracing::warn!(%peer, %error, "cannot serve a visitor who was let in"),
    }
    // Whoever looks at the gauge afterwards finds the place free.
    drop((pass, present, stay, open));
}
