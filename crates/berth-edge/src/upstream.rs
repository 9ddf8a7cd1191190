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
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::upload::Upload;

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

/// A request that got no answer.
#[derive(Debug)]
pub(crate) struct SendFailure {
    pub(crate) error: UpstreamError,
    /// The request itself, if not a byte of it was sent.
    pub(crate) unsent: Option<Box<Request<Upload>>>,
}

/// One connection to a tenant. It is large and changes hands often, so it lives in a box.
pub(crate) struct UpstreamConnection {
    pub(crate) address: SocketAddr,
    /// The thread that opened it: only there does it turn without waking another.
    pub(crate) worker: usize,
    sender: SendRequest<Upload>,
    driver: Connection<TokioIo<TcpStream>, Upload>,
    ended: bool,
    /// When it was last put aside. Meaningless while it is in use.
    pub(crate) idle_since: Instant,
}

impl UpstreamConnection {
    pub(crate) async fn connect(
        address: SocketAddr,
        worker: usize,
        timeout: Duration,
        http: &Builder,
    ) -> Result<Box<Self>, UpstreamError> {
        let stream = match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(source)) => return Err(UpstreamError::Connect { address, source }),
            Err(_elapsed) => return Err(UpstreamError::ConnectTimeout { address }),
        };
        stream.set_nodelay(true).map_err(|source| UpstreamError::Connect { address, source })?;
        let (sender, driver) = http
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|source| UpstreamError::Exchange { address, source })?;
        let idle_since = Instant::now();
        Ok(Box::new(Self { address, worker, sender, driver, ended: false, idle_since }))
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

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(
        &mut self,
        request: Request<Upload>,
    ) -> Result<Response<Incoming>, SendFailure> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let mut drive = |cx: &mut Context<'_>| {
            if !self.ended {
                self.ended = Pin::new(&mut self.driver).poll(cx).is_ready();
            }
        };
        let answered = poll_fn(|cx| {
            drive(cx);
            answer.as_mut().poll(cx)
        })
        .await;
        answered.map_err(|mut failure| SendFailure {
            unsent: failure.take_message().map(Box::new),
            error: UpstreamError::Exchange { address: self.address, source: failure.into_error() },
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
        Some((parts.io.into_inner(), parts.read_buf))
    }
}

impl std::fmt::Debug for UpstreamConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, worker, ended, idle_since, sender: _, driver: _ } = self;
        f.debug_struct("UpstreamConnection")
            .field("address", address)
            .field("worker", worker)
            .field("ended", ended)
            .field("idle_since", idle_since)
            .finish()
    }
}
