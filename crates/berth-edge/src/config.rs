//! What an operator decides about the door.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use berth_domain::IpRange;

/// The least with which one visitor does not hold up all others.
const WORKERS: NonZeroUsize = NonZeroUsize::new(2).expect("two is not zero");

/// How the edge listens and whom it believes.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// Where visitors come in. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Proxies in front of the edge whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    /// A range that is too wide lets visitors forge their address.
    pub trusted_proxies: Vec<IpRange>,
    pub limits: EdgeLimits,
    /// Threads that serve visitors. More than there are cores gain nothing.
    pub workers: NonZeroUsize,
    /// How long a request waits at most while its tenant is held.
    pub hold: Duration,
    /// Where one JSON line per request goes. `None` writes none.
    pub access_log: Option<PathBuf>,
}

impl Default for EdgeConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8069)),
            trusted_proxies: Vec::new(),
            limits: EdgeLimits::default(),
            workers: WORKERS,
            hold: Duration::from_secs(30),
            access_log: None,
        }
    }
}

/// What one visitor, one tenant and all of them together may use.
#[derive(Debug, Clone)]
pub struct EdgeLimits {
    /// Bytes of request line and headers together; more is a 431.
    pub header_bytes: usize,
    /// Number of header lines; more is a 431.
    pub headers: usize,
    /// Bytes of a request's body; more is a 413. It also bounds the files that people can upload.
    pub body_bytes: u64,
    /// Bytes of a call to `/jsonrpc`, which is read whole before the tenant sees it; more is a 413.
    pub rpc_body_bytes: usize,
    /// How long the headers of a request may take from their first byte on.
    pub header_timeout: Duration,
    /// How long a connection may be silent between requests, in the middle of a body that is being
    /// sent, or while the visitor does not take what was sent.
    pub idle_timeout: Duration,
    /// How long a tenant may take to accept a connection.
    pub upstream_connect_timeout: Duration,
    /// How long a tenant may be silent: before the first byte of an answer and between two. Odoo's
    /// reports take minutes (its documentation sets 720 s in front of it).
    pub upstream_timeout: Duration,
    /// Open connections in all.
    pub connections: usize,
    /// Open connections per visitor's address. Trusted proxies are exempt.
    pub connections_per_ip: usize,
    /// Requests that a tenant is given at the same time; more get a 503.
    pub requests_per_tenant: usize,
    /// Requests that wait at the same time for a tenant that is held; more get a 503.
    pub held_per_tenant: usize,
    /// Open `WebSocket`s per tenant; more get a 503.
    pub websockets_per_tenant: usize,
    /// How long requests and `WebSocket`s may go on after the stop.
    pub drain: Duration,
}

impl Default for EdgeLimits {
    fn default() -> Self {
        Self {
            header_bytes: 32 << 10,
            headers: 100,
            body_bytes: 256 << 20,
            rpc_body_bytes: 1 << 20,
            header_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(75),
            upstream_connect_timeout: Duration::from_secs(5),
            upstream_timeout: Duration::from_mins(12),
            connections: 10_000,
            connections_per_ip: 512,
            requests_per_tenant: 256,
            held_per_tenant: 256,
            websockets_per_tenant: 2_000,
            drain: Duration::from_secs(30),
        }
    }
}
