//! One connection to a tenant.
//!
//! # Invariants
//!
//! * The task that waits for the answer also drives the connection, so no request crosses a task
//!   and back-pressure needs no queue: whoever does not read does not drive.
//! * A connection is kept for the next request only if the last answer was read to its end and the
//!   tenant wants another one. Odoo without workers wants none (its server speaks HTTP/1.0), Odoo's
//!   gevent process does.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::EdgeLimits;
use crate::body::Patience;
use crate::tenant_socket::TenantSocket;
use crate::upload::{Upload, UploadMeter};

/// Why a tenant cannot be reached or gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpstreamError {
    #[error("cannot connect to `{address}`")]
    Connect { address: SocketAddr, source: io::Error },
    #[error("`{address}` did not take the connection in time")]
    ConnectTimeout { address: SocketAddr },
    #[error("the connection to `{address}` failed")]
    Exchange { address: SocketAddr, source: hyper::Error },
}

/// A request whose connection failed.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) error: UpstreamError,
    /// The request itself, if not a byte of it was sent.
    pub(crate) unsent: Option<Box<Request<Upload>>>,
}

/// Why a request got no answer.
pub(crate) enum Failure {
    /// Nothing came for too long.
    Silent,
    Broken(SendFailure),
}

impl Failure {
    pub(crate) fn of(error: UpstreamError) -> Self {
        Self::Broken(SendFailure { error, unsent: None })
    }
}

/// One connection to a tenant. It is large and changes hands often, so it lives in a box.
pub(crate) struct UpstreamConnection {
    pub(crate) address: SocketAddr,
    /// The thread that opened it: only there does it turn without waking another.
    pub(crate) worker: usize,
    sender: SendRequest<Upload>,
    driver: Connection<TokioIo<TenantSocket>, Upload>,
    ended: bool,
    /// How long the tenant may be silent while something is asked of it.
    pub(crate) patience: Patience,
    /// When it was last put aside. Meaningless while it is in use.
    pub(crate) idle_since: Instant,
}

impl UpstreamConnection {
    pub(crate) async fn connect(
        address: SocketAddr,
        worker: usize,
        limits: &EdgeLimits,
        http: &Builder,
    ) -> Result<Box<Self>, UpstreamError> {
        let timeout = limits.upstream_connect_timeout;
        let stream = match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(source)) => return Err(UpstreamError::Connect { address, source }),
            Err(_elapsed) => return Err(UpstreamError::ConnectTimeout { address }),
        };
        stream.set_nodelay(true).map_err(|source| UpstreamError::Connect { address, source })?;
        let (sender, driver) = http
            .handshake(TokioIo::new(TenantSocket::new(stream)))
            .await
            .map_err(|source| UpstreamError::Exchange { address, source })?;
        let idle_since = Instant::now();
        let patience = Patience::new(limits.upstream_timeout);
        Ok(Box::new(Self { address, worker, sender, driver, ended: false, patience, idle_since }))
    }

    /// Moves bytes in both directions as far as they go.
    pub(crate) fn drive(&mut self, cx: &mut Context<'_>) {
        if !self.ended {
            self.ended = match Pin::new(&mut self.driver).poll(cx) {
                Poll::Pending => false,
                Poll::Ready(Ok(())) => true,
                Poll::Ready(Err(error)) => {
                    tracing::debug!(address = %self.address, %error, "a tenant's connection ended");
                    true
                }
            };
        }
    }

    /// Whether another request may be sent.
    pub(crate) fn is_reusable(&self) -> bool {
        !self.ended && self.sender.is_ready()
    }

    /// Looks whether a connection that lay aside is still open.
    pub(crate) async fn is_still_open(&mut self) -> bool {
        poll_fn(|cx| {
            self.drive(cx);
            Poll::Ready(())
        })
        .await;
        self.is_reusable()
    }

    /// Sends a request and waits for the head of its answer. The wait begins anew as long as the body
    /// moves.
    pub(crate) async fn send(
        &mut self,
        request: Request<Upload>,
        meter: Option<&UploadMeter>,
    ) -> Result<Response<Incoming>, Failure> {
        let Self { address, sender, driver, ended, patience, .. } = self;
        let mut answer = pin!(sender.try_send_request(request));
        let mut moved = 0;
        patience.renew();
        let answered = poll_fn(|cx| {
            if !*ended {
                *ended = Pin::new(&mut *driver).poll(cx).is_ready();
            }
            if let Poll::Ready(answered) = answer.as_mut().poll(cx) {
                return Poll::Ready(Some(answered));
            }
            let now = meter.map_or(0, UploadMeter::bytes);
            if now != moved {
                moved = now;
                patience.renew();
            }
            if patience.is_over(cx) { Poll::Ready(None) } else { Poll::Pending }
        })
        .await;
        patience.renew();
        let answered = answered.ok_or(Failure::Silent)?;
        answered.map_err(|mut failure| {
            Failure::Broken(SendFailure {
                unsent: failure.take_message().map(Box::new),
                error: UpstreamError::Exchange { address: *address, source: failure.into_error() },
            })
        })
    }

    /// Gives the socket back after the tenant agreed to another protocol, with the bytes of it that
    /// came along. `None` if the connection did not end that way.
    pub(crate) async fn into_switched(mut self: Box<Self>) -> Option<(TcpStream, Bytes)> {
        // The head of the answer may be read before the connection has noticed that it is over.
        poll_fn(|cx| {
            self.drive(cx);
            Poll::Ready(())
        })
        .await;
        if !self.ended {
            return None;
        }
        let parts = self.driver.into_parts();
        Some((parts.io.into_inner().into_stream(), parts.read_buf))
    }
}

impl std::fmt::Debug for UpstreamConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, worker, ended, idle_since, .. } = self;
        f.debug_struct("UpstreamConnection")
            .field("address", address)
            .field("worker", worker)
            .field("ended", ended)
            .field("idle_since", idle_since)
            .finish_non_exhaustive()
    }
}
