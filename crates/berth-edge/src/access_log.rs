//! One JSON line per request, written by one task.
//!
//! # Invariants
//!
//! * No request waits for the disk: a line that finds its page full is dropped and counted, and so is
//!   one that the disk does not take.
//! * A line is made where its request ends, on the page of that thread, and the pages are collected for
//!   a moment. To hand lines to another thread one by one, and to free there what was made here, costs
//!   more than to pass the request on.

mod file;
mod page;

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::record::LogEntry;
use file::{LogFile, Lost};
use page::Page;

/// Bytes of a thread that may wait for the disk.
const PAGE: usize = 2 << 20;
/// How long lines are collected. Within it a page has room for what comes at 300,000 requests per
/// second.
const GATHER: Duration = Duration::from_millis(20);

/// What is to be written, by all threads.
#[derive(Debug)]
struct Pages {
    by_thread: Box<[Mutex<Page>]>,
    /// There is something on a page that was empty.
    begun: Notify,
    /// Counts lines that were not written.
    dropped: Counter<u64, AtomicU64>,
}

impl Pages {
    fn of(&self, worker: usize) -> MutexGuard<'_, Page> {
        self.by_thread[worker].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The threads' end, held by every request.
#[derive(Debug)]
pub(crate) struct AccessLog(Arc<Pages>);

/// The writing end, run by one task.
#[derive(Debug)]
pub(crate) struct AccessLogWriter {
    pages: Arc<Pages>,
    disk: Disk,
    /// Whether the last lines could not be written.
    fails: bool,
}

/// The file, and what goes to it next.
#[derive(Debug)]
struct Disk {
    file: LogFile,
    /// From each thread, in the memory that it gets back empty the next time.
    texts: Vec<Vec<u8>>,
}

impl AccessLog {
    /// Opens the file for appending. Lines that do not get there are counted as `dropped`.
    pub(crate) async fn open(
        path: PathBuf,
        workers: NonZeroUsize,
        dropped: Counter<u64, AtomicU64>,
    ) -> io::Result<(Self, AccessLogWriter)> {
        let file = spawn_blocking(|| LogFile::open(path)).await.map_err(io::Error::other)??;
        let by_thread = (0..workers.get()).map(|_| Mutex::default()).collect();
        let pages = Arc::new(Pages { by_thread, begun: Notify::new(), dropped });
        let disk = Disk { file, texts: vec![Vec::new(); workers.get()] };
        let writer = AccessLogWriter { pages: Arc::clone(&pages), disk, fails: false };
        Ok((Self(pages), writer))
    }

    /// Puts a line on the page of a thread.
    pub(crate) fn write(&self, worker: usize, entry: &LogEntry) {
        let mut page = self.0.of(worker);
        if page.len() >= PAGE {
            self.0.dropped.inc();
            return;
        }
        let is_first = page.is_empty();
        page.push_line(entry);
        drop(page);
        if is_first {
            self.0.begun.notify_one();
        }
    }
}

impl AccessLogWriter {
    /// Writes lines until `stop`, and then those that are left.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut stopped = false;
        while !stopped {
            tokio::select! {
                () = self.pages.begun.notified() => {}
                () = stop.cancelled() => {}
            }
            stopped = tokio::time::timeout(GATHER, stop.cancelled()).await.is_ok();
            for (worker, text) in self.disk.texts.iter_mut().enumerate() {
                self.pages.of(worker).exchange(text);
            }
            let mut disk = self.disk;
            let writing = spawn_blocking(move || (disk.write(), disk));
            let Ok((lost, disk)) = writing.await else {
                tracing::error!("the access log cannot be written any more");
                return;
            };
            self.disk = disk;
            if self.disk.texts.iter().any(|text| !text.is_empty()) {
                note(lost, &self.pages.dropped, &mut self.fails, &self.disk.file);
            }
        }
    }
}

/// Counts what was lost, and says once that lines are lost and once that they are not any more.
fn note(lost: Option<Lost>, dropped: &Counter<u64, AtomicU64>, fails: &mut bool, file: &LogFile) {
    let path = file.path().display();
    match lost {
        Some(Lost { lines, error }) => {
            dropped.inc_by(lines);
            if !std::mem::replace(fails, true) {
                tracing::warn!(%path, %error, "cannot write the access log; lines are lost");
            }
        }
        None => {
            if std::mem::replace(fails, false) {
                tracing::info!(%path, "the access log is written again");
            }
        }
    }
}

impl Disk {
    /// Writes what came from all threads. `None` if all of it is in the file.
    fn write(&mut self) -> Option<Lost> {
        let mut all: Option<Lost> = None;
        for text in self.texts.iter().filter(|text| !text.is_empty()) {
            if let Err(lost) = self.file.append(text) {
                let before = all.map_or(0, |all| all.lines);
                all = Some(Lost { lines: before + lost.lines, ..lost });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests;
