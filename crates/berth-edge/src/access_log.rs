//! One JSON line per request, written by one task.
//!
//! # Invariants
//!
//! * No request waits for the disk: a line that finds its page full is dropped and counted.
//! * A line is made where its request ends, on the page of that thread, and the pages are collected for
//!   a moment. To hand lines to another thread one by one, and to free there what was made here, costs
//!   more than to pass the request on.
//! * A file that was moved away is left alone and opened anew under its name, so that `logrotate`
//!   needs no signal.

use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use berth_domain::{TenantId, Timestamp};
use prometheus_client::metrics::counter::Counter;
use serde::{Serialize, Serializer};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::record::LogEntry;

/// Bytes of a thread that may wait for the disk.
const PAGE: usize = 2 << 20;
/// How long lines are collected. Within it a page has room for what comes at 300,000 requests per
/// second.
const GATHER: Duration = Duration::from_millis(20);

/// What is to be written, by all threads.
#[derive(Debug)]
struct Pages {
    by_thread: Box<[Mutex<Vec<u8>>]>,
    /// There is something on a page that was empty.
    begun: Notify,
}

impl Pages {
    fn of(&self, worker: usize) -> MutexGuard<'_, Vec<u8>> {
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
    path: PathBuf,
    file: File,
}

impl AccessLog {
    /// Opens the file for appending.
    pub(crate) async fn open(
        path: &Path,
        workers: NonZeroUsize,
    ) -> io::Result<(Self, AccessLogWriter)> {
        let file = open(path).await?;
        let by_thread = (0..workers.get()).map(|_| Mutex::default()).collect();
        let pages = Arc::new(Pages { by_thread, begun: Notify::new() });
        let writer = AccessLogWriter { pages: Arc::clone(&pages), path: path.to_owned(), file };
        Ok((Self(pages), writer))
    }

    /// Puts a line on the page of a thread.
    pub(crate) fn write(&self, worker: usize, entry: &LogEntry, dropped: &Counter<u64, AtomicU64>) {
        let mut page = self.0.of(worker);
        if page.len() >= PAGE {
            dropped.inc();
            return;
        }
        let is_first = page.is_empty();
        render(&mut page, entry);
        drop(page);
        if is_first {
            self.0.begun.notify_one();
        }
    }
}

async fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o640).open(path).await
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
            self.write_pages().await;
        }
    }

    async fn write_pages(&mut self) {
        for worker in 0..self.pages.by_thread.len() {
            let page = std::mem::take(&mut *self.pages.of(worker));
            if page.is_empty() {
                continue;
            }
            if let Err(error) = self.append(&page).await {
                tracing::warn!(path = %self.path.display(), %error, "cannot write the access log");
            }
        }
    }

    async fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.was_moved().await? {
            self.file = open(&self.path).await?;
        }
        self.file.write_all(text).await?;
        self.file.flush().await
    }

    async fn was_moved(&self) -> io::Result<bool> {
        match tokio::fs::metadata(&self.path).await {
            Ok(there) => Ok(there.ino() != self.file.metadata().await?.ino()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(serialize_with = "as_shown")]
    time: Timestamp,
    request_id: &'a str,
    visitor: std::net::IpAddr,
    method: &'a str,
    host: Option<&'a str>,
    path: Option<&'a str>,
    status: u16,
    bytes_in: u64,
    bytes_out: u64,
    duration_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_us: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    websocket: bool,
}

/// An id in the form in which people see it.
struct Shown(TenantId);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

fn as_shown<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn render(text: &mut Vec<u8>, entry: &LogEntry) {
    let route = entry.route.as_deref();
    let named = entry.host.as_ref().and_then(|host| host.to_str().ok());
    let line = Line {
        time: entry.time,
        request_id: entry.request_id.to_str().unwrap_or_default(),
        visitor: entry.visitor,
        method: entry.method.as_str(),
        host: route.map(|route| route.host.as_str()).or(named),
        path: entry.target.as_ref().map(http::uri::PathAndQuery::path),
        status: entry.status,
        bytes_in: entry.bytes_in,
        bytes_out: entry.bytes_out,
        duration_us: entry.duration_us,
        upstream_us: entry.upstream_us,
        tenant: route.map(|route| route.name.as_str()),
        tenant_id: route.map(|route| Shown(route.tenant)),
        database: route.map(|route| route.database.as_str()),
        websocket: entry.websocket,
    };
    serde_json::to_writer(&mut *text, &line).expect("texts and numbers have a JSON form");
    text.push(b'\n');
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};

    use super::*;

    fn entry() -> LogEntry {
        LogEntry {
            time: Timestamp::from_microsecond(1_500_000).unwrap(),
            request_id: HeaderValue::from_static("abc-1"),
            visitor: "192.0.2.1".parse().unwrap(),
            method: Method::GET,
            host: Some(HeaderValue::from_static("\"")),
            target: Some("/a?b".parse().unwrap()),
            route: None,
            status: 404,
            bytes_in: 0,
            bytes_out: 1,
            duration_us: 2,
            upstream_us: None,
            websocket: false,
        }
    }

    #[test]
    fn a_line_is_json() {
        let mut text = Vec::new();

        render(&mut text, &entry());

        assert_eq!(
            String::from_utf8(text).unwrap(),
            r#"{"time":"1970-01-01T00:00:01.5Z","request_id":"abc-1","visitor":"192.0.2.1","#
                .to_owned()
                + r#""method":"GET","host":"\"","path":"/a","status":404,"bytes_in":0,"bytes_out":1,"#
                + "\"duration_us\":2}\n"
        );
    }

    #[tokio::test]
    async fn a_full_page_takes_no_line_and_the_others_still_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.log");
        let (log, writer) = AccessLog::open(&path, NonZeroUsize::new(2).unwrap()).await.unwrap();
        let dropped = Counter::default();
        *log.0.of(0) = vec![b'x'; PAGE];

        log.write(0, &entry(), &dropped);
        log.write(1, &entry(), &dropped);
        let stop = CancellationToken::new();
        stop.cancel();
        writer.run(stop).await;

        assert_eq!(dropped.get(), 1);
        let written = std::fs::read(&path).unwrap();
        assert!(written.len() > PAGE && written.ends_with(b"}\n"), "both pages are written");
        assert!(log.0.of(0).is_empty(), "and there is room again");
    }
}
