//! Letting clients in, or not for the moment.
//!
//! # Invariants
//!
//! * While the door is shut, clients wait in the kernel's queue; none is refused.
//! * Whoever was let in is answered: a stop waits for the first byte of connections that are open. Who is
//!   being let in counts already, so that none slips in while the stop looks whether there is anybody.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::unix::SocketAddr;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::guest::{Guest, Silent};

/// How long to wait when the system has no more descriptors: one may come back any moment.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// A socket with a door in front of it.
#[derive(Debug)]
pub(crate) struct Gated {
    listener: Arc<UnixListener>,
    is_open: watch::Receiver<bool>,
    stop: CancellationToken,
    silent: Silent,
}

impl Gated {
    pub(crate) fn new(
        listener: Arc<UnixListener>,
        is_open: watch::Receiver<bool>,
        stop: CancellationToken,
    ) -> Self {
        Self { listener, is_open, stop, silent: Silent::default() }
    }

    pub(crate) fn silent(&self) -> Silent {
        self.silent.clone()
    }

    /// Waits for the next client while the door is open. `None`: the door was shut.
    async fn next(&mut self) -> Option<(Guest<UnixStream>, SocketAddr)> {
        // Whoever holds the other end is gone: nobody can shut the door any more.
        let _ = self.is_open.wait_for(|is_open| *is_open).await;
        let mut silent = Some(self.silent.count());
        loop {
            let shut = async {
                if self.is_open.wait_for(|is_open| !*is_open).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                () = self.stop.cancelled() => {
                    silent = None;
                    std::future::pending::<()>().await;
                }
                () = shut => return None,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, address)) => return Some((Guest::new(stream, silent), address)),
                    Err(error) => pause_after(&error).await,
                }
            }
        }
    }
}

impl Listener for Gated {
    type Io = Guest<UnixStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest<UnixStream>, SocketAddr) {
        loop {
            if let Some(let_in) = self.next().await {
                return let_in;
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A failed `accept` is mostly about one client, who is gone. Without descriptors it fails again at
/// once, until somebody leaves (accept(2)).
pub(crate) async fn pause_after(error: &io::Error) {
    if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted) {
        tracing::warn!(%error, "cannot take a client's connection");
        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_stop_waits_for_whoever_is_being_let_in_and_lets_nobody_in_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("berth.sock");
        let listener = Arc::new(UnixListener::bind(&path).unwrap());
        let (_always, is_open) = watch::channel(true);
        let stop = CancellationToken::new();
        let mut gated = Gated::new(listener, is_open, stop.clone());
        let silent = gated.silent();
        let mut accepting = pin!(gated.accept());
        assert!(accepting.as_mut().now_or_never().is_none());

        let _client = UnixStream::connect(&path).await.unwrap();
        stop.cancel();

        let mut none = pin!(silent.none());
        let is_over = none.as_mut().now_or_never().is_some();
        assert!(!is_over, "somebody may be let in at this moment");
        let let_in = accepting.as_mut().now_or_never();
        assert!(let_in.is_none(), "a client was let in after the stop");
        assert!(none.as_mut().now_or_never().is_some());
    }
}
