//! A client's connection, from when it was let in.
//!
//! # Invariants
//!
//! * Who has said nothing yet is counted, and counted no more from the first byte on.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::watch;

/// How long after the stop a connection that is open already may take for its first byte.
const FIRST_BYTE: Duration = Duration::from_secs(2);

/// Counts clients who were let in and have not said anything.
#[derive(Debug, Clone)]
pub(crate) struct Silent(Arc<watch::Sender<usize>>);

/// Counts one for as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted(Silent);

/// A client's connection. With it goes what it holds.
#[derive(Debug)]
pub(crate) struct Guest<S, H = ()> {
    stream: S,
    silent: Option<Counted>,
    _holds: H,
}

impl Default for Silent {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Silent {
    pub(crate) fn count(&self) -> Counted {
        self.0.send_modify(|count| *count += 1);
        Counted(self.clone())
    }

    /// Waits until everybody has begun to speak, for a bounded time.
    pub(crate) async fn none(&self) {
        let mut count = self.0.subscribe();
        // Who says nothing for that long is not in the middle of anything.
        let _ = tokio::time::timeout(FIRST_BYTE, count.wait_for(|count| *count == 0)).await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

impl<S> Guest<S> {
    pub(crate) fn new(stream: S, silent: Option<Counted>) -> Self {
        Self { stream, silent, _holds: () }
    }

    /// The same, holding something until it is gone.
    pub(crate) fn holding<H>(self, holds: H) -> Guest<S, H> {
        Guest { stream: self.stream, silent: self.silent, _holds: holds }
    }
}

impl Guest<UnixStream> {
    /// Who it is, as the kernel knows it. `None` when it does not.
    pub(crate) fn uid(&self) -> Option<u32> {
        self.stream.peer_cred().ok().map(|credentials| credentials.uid())
    }
}

impl<S: AsyncRead + Unpin, H: Unpin> AsyncRead for Guest<S, H> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        if read.is_ready() {
            self.silent = None;
        }
        read
    }
}

impl<S: AsyncWrite + Unpin, H: Unpin> AsyncWrite for Guest<S, H> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
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
