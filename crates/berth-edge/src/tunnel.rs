//! A `WebSocket`: bytes in both directions until one side has enough.
//!
//! # Invariants
//!
//! * It ends: with an error of either side, when both said their last, when nothing passed for too
//!   long, and some time after the stop.
//! * A tunnel in which nothing waits holds no memory for bytes. There are thousands of these.

mod way;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::EdgeLimits;
use crate::metrics::Counted;
use crate::record::Record;
use crate::seldom::Seldom;
use crate::shared::Shared;
use crate::tenants::Place;
use way::Way;

/// The tenant's end of a tunnel.
#[derive(Debug)]
pub(crate) struct TunnelEnd {
    pub(crate) stream: TcpStream,
    /// What the tenant said right behind its answer.
    pub(crate) early: Bytes,
    pub(crate) record: Record,
    pub(crate) place: Place,
}

/// Both ends, and what is on the way between them.
struct Tunnel {
    visitor: TcpStream,
    tenant: TcpStream,
    to_tenant: Way,
    to_visitor: Way,
}

/// Runs a tunnel to its end. Most `WebSocket`s never end by themselves, and their visitors connect
/// again.
pub(crate) async fn run(shared: &Shared, visitor: TcpStream, early: Bytes, end: TunnelEnd) {
    let TunnelEnd { stream, early: early_from_tenant, mut record, place } = end;
    let open = Counted::in_gauge(&shared.metrics.websockets);
    let mut tunnel = Tunnel {
        visitor,
        tenant: stream,
        to_tenant: Way::beginning_with(early),
        to_visitor: Way::beginning_with(early_from_tenant),
    };
    let ended = pass(shared, &mut tunnel).await;
    tracing::debug!(?ended, "a WebSocket is over");
    record.tunnelled(tunnel.to_tenant.passed(), tunnel.to_visitor.passed());
    drop((open, place));
}

/// Why a tunnel ended.
#[derive(Debug)]
#[expect(dead_code, reason = "it is shown to whoever reads the log")]
enum Ended {
    Closed,
    Broken(std::io::Error),
    Silent,
    Stopped,
}

async fn pass(shared: &Shared, tunnel: &mut Tunnel) -> Ended {
    let limits = &shared.config.limits;
    let stopping = |_: &_| shared.stopping.load(Ordering::Acquire);
    let stop = pin!(shared.stop.cancelled());
    let mut stopped = Seldom::new(stop, stopping);
    let mut silence = Silence::new(limits);
    let sleeping = pin!(sleep(silence.every));
    let mut look = Seldom::new(sleeping, Sleep::is_elapsed);
    let mut end: Option<Instant> = None;
    poll_fn(|cx| {
        if let Poll::Ready(ended) = tunnel.poll(cx) {
            return Poll::Ready(ended);
        }
        if end.is_none() && Pin::new(&mut stopped).poll(cx).is_ready() {
            let now = Instant::now();
            end = Some(now + limits.drain);
            look.again(|sleep| sleep.reset((now + limits.drain.min(silence.every)).into()));
        }
        while Pin::new(&mut look).poll(cx).is_ready() {
            let now = Instant::now();
            if end.is_some_and(|end| end <= now) {
                return Poll::Ready(Ended::Stopped);
            }
            if silence.is_too_long(tunnel, now) {
                return Poll::Ready(Ended::Silent);
            }
            let next = now + silence.every;
            look.again(|sleep| sleep.reset(end.map_or(next, |end| end.min(next)).into()));
        }
        Poll::Pending
    })
    .await
}

impl Tunnel {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ended> {
        let Self { visitor, tenant, to_tenant, to_visitor } = self;
        let there = to_tenant.poll(cx, visitor, tenant);
        let back = to_visitor.poll(cx, tenant, visitor);
        match (there, back) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => {
                Poll::Ready(Ended::Broken(error))
            }
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => Poll::Ready(Ended::Closed),
            _ => Poll::Pending,
        }
    }
}

/// How long nothing has passed. It is looked at now and then, so that a message costs no look at the
/// clock; a silence may last that much longer than allowed.
struct Silence {
    every: Duration,
    /// While both sides could speak: as long as a tenant may be silent otherwise.
    at_peace: Duration,
    /// While one side does not take what was sent, or has said its last.
    at_odds: Duration,
    passed: u64,
    since: Instant,
}

impl Silence {
    fn new(limits: &EdgeLimits) -> Self {
        let (at_peace, at_odds) = (limits.upstream_timeout, limits.idle_timeout);
        let every = at_peace.min(at_odds) / 4;
        Self { every, at_peace, at_odds, passed: 0, since: Instant::now() }
    }

    fn is_too_long(&mut self, tunnel: &Tunnel, now: Instant) -> bool {
        let ways = [&tunnel.to_tenant, &tunnel.to_visitor];
        let passed: u64 = ways.map(Way::passed).iter().sum();
        if self.passed != passed {
            self.passed = passed;
            self.since = now;
        }
        let at_odds = ways.iter().any(|way| way.is_blocked() || way.is_over());
        now.duration_since(self.since) >= if at_odds { self.at_odds } else { self.at_peace }
    }
}
