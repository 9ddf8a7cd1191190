//! What is noted about one request, and written down when its answer ends.
//!
//! # Invariants
//!
//! * Each request is counted and logged once, also when the visitor leaves in the middle.
//! * The place that a request takes at its tenant is free when its record is written.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use berth_domain::Timestamp;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, StatusCode};

use crate::Route;
use crate::connection::VisitorConnection;
use crate::shared::Shared;
use crate::socket::Ledger;
use crate::tenants::{Place, TenantLive};
use crate::upload::{Upload, UploadMeter};

/// What a line of the access log is made of.
#[derive(Debug)]
pub(crate) struct LogEntry {
    pub(crate) time: Timestamp,
    pub(crate) request_id: HeaderValue,
    pub(crate) visitor: IpAddr,
    pub(crate) method: Method,
    /// As the visitor sent it. Only shown where no route was found.
    pub(crate) host: Option<HeaderValue>,
    /// The query is never shown: it carries tokens.
    pub(crate) target: Option<PathAndQuery>,
    pub(crate) route: Option<Arc<Route>>,
    pub(crate) status: u16,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    pub(crate) duration_us: u64,
    pub(crate) upstream_us: Option<u64>,
    pub(crate) websocket: bool,
}

/// The record of one request.
#[derive(Debug)]
pub(crate) struct Record {
    shared: Arc<Shared>,
    ledger: Arc<Ledger>,
    worker: usize,
    began: Instant,
    status: u16,
    bytes_in: u64,
    bytes_out: u64,
    upload: Option<Arc<UploadMeter>>,
    tenant: Option<Arc<TenantLive>>,
    place: Option<Place>,
    entry: Option<Box<LogEntry>>,
    is_probe: bool,
}

impl Record {
    pub(crate) fn new(connection: &VisitorConnection, began: Instant) -> Self {
        Self {
            shared: Arc::clone(&connection.shared),
            ledger: Arc::clone(&connection.ledger),
            worker: connection.worker,
            began,
            status: 0,
            bytes_in: 0,
            bytes_out: 0,
            upload: None,
            tenant: None,
            place: None,
            entry: None,
            is_probe: false,
        }
    }

    pub(crate) fn log(&mut self, entry: LogEntry) {
        self.entry = Some(Box::new(entry));
    }

    pub(crate) fn routed(&mut self, route: &Arc<Route>, tenant: &Arc<TenantLive>) {
        self.tenant = Some(Arc::clone(tenant));
        if let Some(entry) = &mut self.entry {
            entry.route = Some(Arc::clone(route));
        }
    }

    pub(crate) fn hold_place(&mut self, place: Place) {
        self.place = Some(place);
    }

    pub(crate) fn receives(&mut self, upload: &Upload) {
        self.bytes_in += upload.bytes_read_before();
        self.upload = upload.meter();
    }

    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes_out += u64::try_from(bytes).unwrap_or(u64::MAX);
    }

    /// Notes the status, and how long the tenant took to begin its answer.
    pub(crate) fn answered(&mut self, status: StatusCode, asked: Option<Instant>) {
        self.status = status.as_u16();
        if let Some(entry) = &mut self.entry {
            entry.upstream_us = asked.map(|asked| micros(asked.elapsed()));
        }
    }

    /// Notes that the rest is a `WebSocket` that moved this many bytes.
    pub(crate) fn tunnelled(&mut self, bytes_in: u64, bytes_out: u64) {
        self.bytes_in += bytes_in;
        self.bytes_out += bytes_out;
    }

    /// It is Berth's own probe: no visitor, so it stands in no count and in no log.
    pub(crate) fn is_probe(&mut self) {
        self.is_probe = true;
        self.entry = None;
    }

    pub(crate) fn is_websocket(&mut self) {
        self.place = None;
        if let Some(entry) = &mut self.entry {
            entry.websocket = true;
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl Drop for Record {
    fn drop(&mut self) {
        let metrics = &self.shared.metrics;
        let now = Instant::now();
        self.ledger.answer_ended(now);
        if self.is_probe {
            return;
        }
        let bytes_in = self.bytes_in + self.upload.as_ref().map_or(0, |upload| upload.bytes());
        // A visitor who left before there was an answer: nginx's number for it.
        let status = if self.status == 0 { 499 } else { self.status };
        match &self.tenant {
            Some(tenant) => tenant.statuses.count(status),
            None => metrics.nobody.count(status),
        }
        if status != StatusCode::SWITCHING_PROTOCOLS {
            let took = now - self.began;
            metrics.latency.observe(took.as_secs_f64());
            if let Some(tenant) = &self.tenant {
                tenant.tally.count(status, took);
            }
        }
        metrics.bytes_in.inc_by(bytes_in);
        metrics.bytes_out.inc_by(self.bytes_out);
        if let (Some(mut entry), Some(log)) = (self.entry.take(), &self.shared.log) {
            entry.status = status;
            entry.bytes_in = bytes_in;
            entry.bytes_out = self.bytes_out;
            entry.duration_us = micros(now - self.began);
            log.write(self.worker, &entry);
        }
    }
}
