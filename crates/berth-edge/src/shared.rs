//! What all connections share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use berth_domain::Clock;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::access_log::AccessLog;
use crate::request_id::RequestIds;
use crate::tenants::{Counts, Tenants};
use crate::{
    EdgeConfig, EdgeLimits, EdgeMetrics, LoginLinks, ProbeSecret, RouteTable, Traffic, Turns,
};

/// The parser's own floor for its buffer, and the size above which bodies gain nothing.
const SMALLEST_BUFFER: usize = 64 << 10;

pub(crate) struct Shared {
    pub(crate) config: EdgeConfig,
    pub(crate) routes: watch::Receiver<Arc<RouteTable>>,
    pub(crate) probe: ProbeSecret,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: EdgeMetrics,
    pub(crate) traffic: Traffic,
    pub(crate) tenants: Tenants,
    pub(crate) logins: LoginLinks,
    pub(crate) log: Option<AccessLog>,
    pub(crate) ids: RequestIds,
    /// Of the threads that serve visitors.
    pub(crate) turns: Turns,
    /// Nobody is let in any more. True before `stop` tells anybody, and cheaper to look at.
    pub(crate) stopping: AtomicBool,
    /// Tells those who wait for it that nobody is let in any more.
    pub(crate) stop: CancellationToken,
    pub(crate) to_visitors: server::Builder,
    pub(crate) to_tenants: client::Builder,
}

impl Shared {
    /// Where answers are counted.
    pub(crate) fn counts(&self) -> Counts<'_> {
        (&self.metrics, &self.traffic)
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("config", &self.config).finish_non_exhaustive()
    }
}

/// How visitors are listened to. Time limits are the connection's own (`connection`): the parser's
/// one would also count the silence between two requests. `pipeline_flush` stays off: with it, hyper
/// takes whatever a tenant sends into its buffer, without a bound.
pub(crate) fn visitors_http(limits: &EdgeLimits) -> server::Builder {
    let mut http = server::Builder::new();
    http.header_read_timeout(None)
        .max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER))
        .max_header_size(limits.header_bytes);
    // Naming the parser's own number would move its table from the stack to the heap.
    if limits.headers != 100 {
        http.max_headers(limits.headers);
    }
    http
}

/// Bytes of a tenant's answer that may be read ahead of the visitor, and the most that its head may
/// have. The parser's own bound is three times that, for each of thousands of visitors who are slow.
const TENANT_BUFFER: usize = 128 << 10;

/// How tenants are spoken to.
pub(crate) fn tenants_http() -> client::Builder {
    let mut http = client::Builder::new();
    http.max_buf_size(TENANT_BUFFER).max_header_size(TENANT_BUFFER);
    http
}
