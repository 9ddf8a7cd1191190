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

use std::io;
use std::net::{IpAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::admission::Pass;
use crate::connection;
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
pub(crate) struct Workers(Vec<Worker>);

#[derive(Debug)]
struct Worker {
    /// Holds no more than may be let in: each visit has its pass.
    visits: mpsc::UnboundedSender<(Visit, Present)>,
    present: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

/// Counts a visitor as present in a thread for as long as it lives.
#[derive(Debug)]
struct Present(Arc<AtomicUsize>);

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
        let numbers = 0..shared.config.workers.get();
        numbers
            .map(|number| Worker::start(number, Arc::clone(shared)))
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Gives a visitor to a thread.
    pub(crate) fn take(&self, visit: Visit) {
        let Some(worker) =
            self.0.iter().min_by_key(|worker| worker.present.load(Ordering::Relaxed))
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
        for Worker { visits, thread, .. } in self.0 {
            drop(visits);
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("a thread of the edge did not end well");
            }
        }
    }
}

impl Worker {
    fn start(number: usize, shared: Arc<Shared>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (visits, arriving) = mpsc::unbounded_channel();
        let thread = thread::Builder::new()
            .name(format!("edge-{number}"))
            .spawn(move || work(&runtime, number, &shared, arriving))?;
        Ok(Self { visits, present: Arc::default(), thread })
    }
}

fn work(
    runtime: &Runtime,
    number: usize,
    shared: &Arc<Shared>,
    mut arriving: mpsc::UnboundedReceiver<(Visit, Present)>,
) {
    let serving = async {
        while let Some((visit, present)) = arriving.recv().await {
            let tasks = visit.stay.task_tracker().clone();
            tasks.spawn(stay(Arc::clone(shared), number, visit, present));
        }
    };
    runtime.block_on(shared.turns.during(number, serving));
}

async fn stay(shared: Arc<Shared>, number: usize, visit: Visit, present: Present) {
    let Visit { stream, peer, pass, stay } = visit;
    let stream = match tokio::net::TcpStream::from_std(stream) {
        Ok(stream) => stream,
        Err(error) => {
            tracing::warn!(%peer, %error, "cannot serve a visitor who was let in");
            return;
        }
    };
    shared.metrics.connections.inc();
    connection::serve(Arc::clone(&shared), number, stream, peer).await;
    shared.metrics.connections.dec();
    drop((pass, present, stay));
}
