//! One visitor's connection, from its first byte to its last.
//!
//! # Invariants
//!
//! * Everything that happens on a connection happens in one task: parsing, asking the tenant,
//!   passing the answer on, and the tunnel that it may become.
//! * It ends when the visitor is waited for too long, and at the latest some time after the stop.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::CancellationToken;

use crate::seldom::Seldom;
use crate::shared::Shared;
use crate::socket::{Ledger, VisitorSocket};
use crate::{exchange, tunnel};

/// How long after the stop a connection that is open already is waited for to begin. Browsers open
/// some that they never use.
const FIRST_BYTE: Duration = Duration::from_secs(2);

/// How long a visitor may take to notice that the connection is over.
const LINGER: Duration = Duration::from_secs(5);

/// What the requests of a connection share.
#[derive(Debug)]
pub(crate) struct VisitorConnection {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) peer: IpAddr,
    /// The thread that serves it.
    pub(crate) worker: usize,
}

/// How a connection ended.
enum Ended {
    Closed,
    Broken(hyper::Error),
    OutOfTime,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(shared: Arc<Shared>, worker: usize, stream: TcpStream, peer: IpAddr) {
    let ledger = Arc::new(Ledger::new(Instant::now()));
    let socket = TokioIo::new(VisitorSocket::new(stream, Arc::clone(&ledger)));
    let connection = Arc::new(VisitorConnection {
        shared: Arc::clone(&shared),
        ledger: Arc::clone(&ledger),
        peer,
        worker,
    });
    let service = service_fn(move |request| {
        let connection = Arc::clone(&connection);
        async move { Ok::<_, Infallible>(exchange::answer(&connection, request).await) }
    });
    let mut http = shared.to_visitors.serve_connection(socket, service);
    let ended = run(&mut http, &shared, &ledger).await;
    // Always taken: a tunnel that is left in the ledger would keep the ledger alive for ever.
    let tunnel = ledger.take_tunnel();
    match (ended, tunnel) {
        (Ended::Closed, Some(end)) => {
            let parts = http.into_parts();
            let visitor = parts.io.into_inner().into_stream();
            tunnel::run(&shared, visitor, parts.read_buf, end).await;
        }
        (Ended::Closed, None) => see_off(http.into_parts().io, &shared.stop).await,
        (Ended::Broken(error), _) => {
            shared.metrics.connections_broken.inc();
            tracing::debug!(%peer, %error, "a visitor's connection broke off");
            see_off(http.into_parts().io, &shared.stop).await;
        }
        (Ended::OutOfTime, _) => {
            shared.metrics.connections_broken.inc();
            tracing::debug!(%peer, "a visitor's connection ran out of time");
        }
    }
}

/// Reads and forgets what the visitor still sends. Closing over unread bytes resets the connection,
/// and a reset takes back the answer that the visitor has not read yet (RFC 9112 section 9.6).
async fn see_off(socket: TokioIo<VisitorSocket>, stop: &CancellationToken) {
    let mut stream = socket.into_inner().into_stream();
    let mut scrap = vec![0; 4 << 10];
    let reading = async {
        stream.shutdown().await?;
        while stream.read(&mut scrap).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    tokio::select! {
        read = tokio::time::timeout(LINGER, reading) => drop(read),
        () = stop.cancelled() => {}
    }
}

/// A connection that the HTTP server drives.
trait Served: Future<Output = hyper::Result<()>> + Unpin {
    fn stop_after_this_answer(&mut self);
}

impl<I, B, S> Served for hyper::server::conn::http1::Connection<I, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: hyper::body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn stop_after_this_answer(&mut self) {
        Pin::new(self).graceful_shutdown();
    }
}

async fn run(http: &mut impl Served, shared: &Shared, ledger: &Ledger) -> Ended {
    let limits = &shared.config.limits;
    // Looking again that often bounds by how much a deadline that came nearer is overrun.
    let look_again = limits.header_timeout.min(limits.idle_timeout);
    let sleeping = pin!(sleep(look_again));
    let mut patience = Seldom::new(sleeping, Sleep::is_elapsed);
    let stop = pin!(shared.stop.cancelled());
    let mut stopped = Seldom::new(stop, |_: &_| shared.stopping.load(Ordering::Acquire));
    let mut give_up: Option<Instant> = None;
    // Until when a visitor who was let in before the stop may send a first byte.
    let mut first_byte: Option<Instant> = None;
    loop {
        tokio::select! {
            biased;
            ended = &mut *http => return match ended {
                Ok(()) => Ended::Closed,
                Err(error) => Ended::Broken(error),
            },
            // Whoever was let in before the stop is answered. Told to stop before its first byte, the
            // parser would hang up on a visitor whose request is on its way.
            () = touched_until(ledger, first_byte), if first_byte.is_some() => {
                first_byte = None;
                http.stop_after_this_answer();
            }
            () = &mut patience => {
                let now = Instant::now();
                let deadline = match (ledger.deadline(limits), give_up) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
                if deadline.is_some_and(|at| at <= now) {
                    return Ended::OutOfTime;
                }
                let next = deadline.map_or(now + look_again, |at| at.min(now + look_again));
                patience.again(|sleep| sleep.reset(next.into()));
            }
            () = &mut stopped, if give_up.is_none() => {
                let now = Instant::now();
                give_up = Some(now + limits.drain);
                // It was set to ring for a deadline that may be later than this one.
                patience.again(|sleep| sleep.reset(now.into()));
                first_byte = Some(now + FIRST_BYTE);
            }
        }
    }
}

async fn touched_until(ledger: &Ledger, end: Option<Instant>) {
    let end = end.unwrap_or_else(Instant::now);
    // Both outcomes mean the same: there is nothing to wait for any more.
    let _ = tokio::time::timeout_at(end.into(), ledger.touched()).await;
}
