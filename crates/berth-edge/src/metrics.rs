//! What the edge counts.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the latency buckets, in seconds. Odoo's pages lie in the middle, its reports at
/// the end.
const LATENCY: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

/// The label of requests that no tenant was found for.
const NOBODY: &str = "-";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    tenant: String,
    class: &'static str,
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The numbers of one edge. Copies count into the same numbers.
#[derive(Debug, Clone)]
pub struct EdgeMetrics {
    requests: Family<RequestLabels, Counter>,
    pub(crate) nobody: StatusCounters,
    pub(crate) latency: Histogram,
    pub(crate) connections: Gauge<i64, AtomicI64>,
    pub(crate) connections_refused: Counter<u64, AtomicU64>,
    pub(crate) connections_broken: Counter<u64, AtomicU64>,
    pub(crate) bytes_in: Counter<u64, AtomicU64>,
    pub(crate) bytes_out: Counter<u64, AtomicU64>,
    pub(crate) websockets: Gauge<i64, AtomicI64>,
    pub(crate) held: Gauge<i64, AtomicI64>,
    pub(crate) upstream_connects: Counter<u64, AtomicU64>,
    pub(crate) upstream_failures: Counter<u64, AtomicU64>,
    pub(crate) log_dropped: Counter<u64, AtomicU64>,
}

/// Counts one in a gauge for as long as it lives, however that ends.
#[derive(Debug)]
pub(crate) struct Counted(Gauge<i64, AtomicI64>);

impl Counted {
    pub(crate) fn in_gauge(gauge: &Gauge<i64, AtomicI64>) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// One tenant's answers, counted by the first digit of their status.
#[derive(Debug, Clone)]
pub(crate) struct StatusCounters([Counter; 5]);

impl StatusCounters {
    /// Counts one answer.
    pub(crate) fn count(&self, status: u16) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.0[class].inc();
    }
}

impl EdgeMetrics {
    pub(crate) fn new() -> Self {
        let requests = Family::default();
        let nobody = counters(&requests, NOBODY);
        Self {
            requests,
            nobody,
            latency: Histogram::new(LATENCY),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            connections_broken: Counter::default(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            websockets: Gauge::default(),
            held: Gauge::default(),
            upstream_connects: Counter::default(),
            upstream_failures: Counter::default(),
            log_dropped: Counter::default(),
        }
    }

    /// Adds all numbers to a registry, each with the prefix `edge_`.
    pub fn register(&self, registry: &mut Registry) {
        let edge = registry.sub_registry_with_prefix("edge");
        edge.register("requests", "Answers by tenant and status", self.requests.clone());
        edge.register(
            "request_duration_seconds",
            "From the end of the request's headers to the end of the answer",
            self.latency.clone(),
        );
        edge.register("connections", "Open connections of visitors", self.connections.clone());
        edge.register(
            "connections_refused",
            "Connections closed because a limit was reached",
            self.connections_refused.clone(),
        );
        edge.register(
            "connections_broken",
            "Connections that ended in an error or ran out of time",
            self.connections_broken.clone(),
        );
        edge.register("received_bytes", "Bytes of requests' bodies", self.bytes_in.clone());
        edge.register("sent_bytes", "Bytes of answers' bodies", self.bytes_out.clone());
        edge.register("websockets", "Open WebSockets", self.websockets.clone());
        edge.register("held_requests", "Requests that wait for a tenant", self.held.clone());
        edge.register(
            "upstream_connects",
            "Connections opened to tenants",
            self.upstream_connects.clone(),
        );
        edge.register(
            "upstream_failures",
            "Requests that a tenant did not answer",
            self.upstream_failures.clone(),
        );
        edge.register(
            "access_log_dropped",
            "Lines that the access log or its disk could not take",
            self.log_dropped.clone(),
        );
    }

    /// Returns the counters of one tenant.
    pub(crate) fn of_tenant(&self, tenant: &str) -> StatusCounters {
        counters(&self.requests, tenant)
    }

    /// Forgets a tenant that is gone, so that the numbers do not grow for ever.
    pub(crate) fn forget_tenant(&self, tenant: &str) {
        for class in CLASSES {
            self.requests.remove(&RequestLabels { tenant: tenant.to_owned(), class });
        }
    }
}

fn counters(requests: &Family<RequestLabels, Counter>, tenant: &str) -> StatusCounters {
    StatusCounters(CLASSES.map(|class| {
        requests.get_or_create_owned(&RequestLabels { tenant: tenant.to_owned(), class })
    }))
}
