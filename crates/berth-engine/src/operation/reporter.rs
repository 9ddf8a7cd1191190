//! Progress and log lines of an operation, on their way to the store and to everybody who watches.
//!
//! # Invariants
//!
//! * Lines are written in the order in which they came, in batches, so that a chatty installation
//!   costs a few transactions and not one per line.
//! * A reporter never blocks or fails the work it reports on.

use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Clock, OperationId, OrganisationId, TenantId, Timestamp};
use berth_store::Store;
use berth_store::events::{self, NewEvent};
use tokio::sync::{mpsc, oneshot, watch};

/// How long lines are gathered before they are written.
const GATHER: Duration = Duration::from_millis(100);
/// How many lines are written at once, and how many may wait.
const BATCH: usize = 500;

/// Reports on one operation.
#[derive(Debug, Clone)]
pub(crate) struct Reporter {
    lines: mpsc::UnboundedSender<Line>,
    organisation: OrganisationId,
    operation: OperationId,
    tenant: Option<TenantId>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
pub(crate) enum Line {
    Event(NewEvent, Timestamp),
    /// Answered when everything sent before is written.
    Flush(oneshot::Sender<()>),
}

/// Where the lines of all operations go.
#[derive(Debug, Clone)]
pub(crate) struct Reports {
    lines: mpsc::UnboundedSender<Line>,
    clock: Arc<dyn Clock>,
}

impl Reports {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::UnboundedReceiver<Line>) {
        let (lines, receiver) = mpsc::unbounded_channel();
        (Self { lines, clock }, receiver)
    }

    pub(crate) fn of(&self, operation: &berth_store::operations::Operation) -> Reporter {
        Reporter {
            lines: self.lines.clone(),
            organisation: operation.organisation,
            operation: operation.id,
            tenant: operation.tenant,
            clock: Arc::clone(&self.clock),
        }
    }
}

impl Reporter {
    /// Describes something that happened to the operation.
    pub(crate) fn event(&self, kind: &str, data: serde_json::Value) -> NewEvent {
        NewEvent {
            organisation: self.organisation,
            operation: Some(self.operation),
            tenant: self.tenant,
            kind: kind.to_owned(),
            data,
        }
    }

    /// Passes on a line of output. Control characters are dropped: people's terminals read this.
    pub(crate) fn log(&self, text: &str) {
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        if !text.trim().is_empty() {
            self.send("log", serde_json::json!({ "text": text }));
        }
    }

    /// Says how far the operation is, from 0 to 1000.
    pub(crate) fn progress(&self, permille: u32, text: &str) {
        self.send("progress", serde_json::json!({ "permille": permille, "text": text }));
    }

    fn send(&self, kind: &str, data: serde_json::Value) {
        // The receiver lives as long as the engine; after that nobody reads reports.
        let _ = self.lines.send(Line::Event(self.event(kind, data), self.clock.now()));
    }

    /// Waits until everything reported so far is written.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.lines.send(Line::Flush(done)).is_ok() {
            let _ = written.await;
        }
    }
}

/// Writes reports until every sender is gone. `latest` tells watchers that there is more to read.
pub(crate) async fn write_reports(
    store: Store,
    mut lines: mpsc::UnboundedReceiver<Line>,
    latest: watch::Sender<u64>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while lines.recv_many(&mut batch, BATCH).await > 0 {
        let urgent = batch.iter().any(|line| matches!(line, Line::Flush(_)));
        if !urgent && batch.len() < BATCH {
            // More of the same burst is about to arrive; a flush cuts the wait short.
            let gather = tokio::time::sleep(GATHER);
            tokio::pin!(gather);
            while batch.len() < BATCH {
                tokio::select! {
                    () = &mut gather => break,
                    more = lines.recv() => match more {
                        Some(line) => {
                            let flush = matches!(line, Line::Flush(_));
                            batch.push(line);
                            if flush { break; }
                        }
                        None => break,
                    },
                }
            }
        }
        if let Err(error) = write(&store, &batch).await {
            tracing::warn!(error = %berth_domain::chain(&error), "cannot write log lines of operations");
        }
        latest.send_modify(|n| *n += 1);
        for line in batch.drain(..) {
            if let Line::Flush(done) = line {
                let _ = done.send(());
            }
        }
    }
}

async fn write(store: &Store, batch: &[Line]) -> Result<(), berth_store::StoreError> {
    if batch.iter().all(|line| matches!(line, Line::Flush(_))) {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for line in batch {
        if let Line::Event(event, at) = line {
            events::append(&mut tx, event, *at).await?;
        }
    }
    tx.commit().await
}
