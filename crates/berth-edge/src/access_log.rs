//! One JSON line per request, written by one task.
//!
//! # Invariants
//!
//! * No request waits for the disk: a line that finds the queue full is dropped and counted.
//! * Lines are gathered for a moment. Every write is a few trips to another thread, and a receiver that
//!   waits is woken by every line: together that cost more than passing the request on.
//! * A file that was moved away is left alone and opened anew under its name, so that `logrotate`
//!   needs no signal.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use serde::Serialize;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::record::LogEntry;

/// Lines that may wait for the disk.
const QUEUE: usize = 8_192;
/// Lines that are written at once.
const BATCH: usize = 1_024;
/// How long lines are gathered unless there are enough of them. Within it the queue has room for what
/// comes at 400,000 requests per second.
const GATHER: Duration = Duration::from_millis(20);

/// The sending end, held by every request.
#[derive(Debug)]
pub(crate) struct AccessLog(mpsc::Sender<Box<LogEntry>>);

/// The writing end, run by one task.
#[derive(Debug)]
pub(crate) struct AccessLogWriter {
    lines: mpsc::Receiver<Box<LogEntry>>,
    path: PathBuf,
    file: File,
}

impl AccessLog {
    /// Opens the file for appending.
    pub(crate) async fn open(path: &Path) -> io::Result<(Self, AccessLogWriter)> {
        let file = open(path).await?;
        let (sender, lines) = mpsc::channel(QUEUE);
        Ok((Self(sender), AccessLogWriter { lines, path: path.to_owned(), file }))
    }

    pub(crate) fn write(&self, entry: Box<LogEntry>, dropped: &Counter<u64, AtomicU64>) {
        if self.0.try_send(entry).is_err() {
            dropped.inc();
        }
    }
}

async fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o640).open(path).await
}

impl AccessLogWriter {
    /// Writes lines until `stop`, and then those that are left.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut text = Vec::new();
        loop {
            tokio::select! {
                biased;
                count = self.lines.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                }
                () = stop.cancelled(), if !self.lines.is_closed() => self.lines.close(),
            }
            if batch.len() < BATCH && !self.lines.is_closed() {
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = stop.cancelled() => {}
                }
                while batch.len() < BATCH
                    && let Ok(entry) = self.lines.try_recv()
                {
                    batch.push(entry);
                }
            }
            text.clear();
            for entry in batch.drain(..) {
                render(&mut text, &entry);
            }
            if let Err(error) = self.append(&text).await {
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
    time: String,
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
    tenant_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    websocket: bool,
}

fn render(text: &mut Vec<u8>, entry: &LogEntry) {
    let route = entry.route.as_deref();
    let named = entry.host.as_ref().and_then(|host| host.to_str().ok());
    let line = Line {
        time: entry.time.to_string(),
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
        tenant_id: route.map(|route| route.tenant.to_string()),
        database: route.map(|route| route.database.as_str()),
        websocket: entry.websocket,
    };
    serde_json::to_writer(&mut *text, &line).expect("texts and numbers have a JSON form");
    text.push(b'\n');
}
