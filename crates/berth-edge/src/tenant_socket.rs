//! A socket to a tenant that hears the tenant out.
//!
//! A tenant may answer before it has read the request whole, and hang up: servers do so that refuse an
//! upload by its length. What is written to it then fails, and the HTTP client would give up the answer
//! with it (`hyper::proto::h1::dispatch`, `poll_catch`), though it has arrived. So a write that fails
//! takes what it is given, and reading comes to the same end, behind the answer.
//!
//! # Invariants
//!
//! * Behind a failed write the end of the tenant's bytes is an error: an answer that ends with its
//!   connection is not taken for whole.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A socket to a tenant.
#[derive(Debug)]
pub(crate) struct TenantSocket {
    stream: TcpStream,
    /// Why nothing more can be written.
    failed: Option<io::ErrorKind>,
}

impl TenantSocket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, failed: None }
    }

    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }

    fn forgive(&mut self, written: io::Result<usize>, given: usize) -> usize {
        written.unwrap_or_else(|error| {
            tracing::debug!(%error, "a tenant does not take the rest of a request");
            self.failed = Some(error.kind());
            given
        })
    }
}

impl AsyncRead for TenantSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        match self.failed {
            Some(kind) if buf.filled().len() == before => Poll::Ready(Err(kind.into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for TenantSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.failed.is_some() {
            return Poll::Ready(Ok(buf.len()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf));
        Poll::Ready(Ok(self.forgive(written, buf.len())))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let given = || bufs.iter().map(|buf| buf.len()).sum();
        if self.failed.is_some() {
            return Poll::Ready(Ok(given()));
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, bufs));
        Poll::Ready(Ok(self.forgive(written, given())))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
