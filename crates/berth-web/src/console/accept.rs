//! Letting clients in over TCP.
//!
//! # Invariants
//!
//! * Each task that is started here is waited for before `serve` returns.
//! * While the door is shut, clients wait in the kernel's queue; none is refused.
//! * A place is given back when the last byte of a connection is over, also of one that became a
//!   WebSocket.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use super::admission::Admission;
use super::guard::Connected;
use super::paced::paced;
use super::tls::Tls;
use super::{ConsoleLimits, Rules, forwarded};
use crate::guest::{Guest, Silent};
use crate::listener::pause_after;

/// The largest head of a request, in bytes.
const HEAD: usize = 32 << 10;
const HEADERS: usize = 64;
/// How long what was sent may stay unacknowledged (tcp(7)): whoever reads nothing is let go.
const UNREAD: Duration = Duration::from_mins(2);
/// What a client beyond the limits is told, when there is no TLS to tell it in.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\n\
    content-type: text/plain\r\ncontent-length: 35\r\n\r\nToo many connections at the moment.";

/// Everything that connections share.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) router: Router,
    pub(super) rules: Arc<Rules>,
    pub(super) tls: Option<Tls>,
    pub(super) limits: ConsoleLimits,
}

/// What a connection needs to be served.
#[derive(Clone)]
struct Service {
    router: Router,
    limits: ConsoleLimits,
    /// Ends what is idle.
    close: CancellationToken,
}

impl Door {
    pub(super) async fn serve(self, is_open: watch::Receiver<bool>, stop: CancellationToken) {
        let Self { listener, router, rules, tls, limits } = self;
        let (guests, silent) = (TaskTracker::new(), Silent::default());
        let service = Service { router, limits, close: CancellationToken::new() };
        let letting_in = async {
            let admission = Admission::new(limits.connections, limits.connections_per_address);
            let mut is_open = is_open;
            loop {
                let (stream, peer) = next(&listener, &mut is_open).await;
                let peer = peer.ip().to_canonical();
                let is_proxy = forwarded::is_trusted(peer, &rules.config.trusted_proxies);
                let Some(pass) = admission.admit(peer, is_proxy) else {
                    if tls.is_none() {
                        // Best effort: whoever cannot take these bytes at once gets none.
                        let _ = stream.try_write(FULL);
                    }
                    continue;
                };
                if let Err(error) = prepare(&stream) {
                    tracing::debug!(%peer, %error, "a client left before it was let in");
                    continue;
                }
                let guest = Guest::new(stream, Some(silent.count())).holding(pass);
                let handshake = tls.as_ref().map(Tls::acceptor);
                guests.spawn(service.clone().welcome(guest, peer, handshake));
            }
        };
        let watching = async {
            match &tls {
                Some(tls) => tls.watch().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = letting_in => {}
            () = watching => {}
        }
        drop(listener);
        silent.none().await;
        service.close.cancel();
        guests.close();
        guests.wait().await;
    }
}

impl Service {
    async fn welcome<G>(self, guest: G, peer: IpAddr, tls: Option<tokio_rustls::TlsAcceptor>)
    where
        G: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Some(tls) = tls else { return self.talk(guest, peer).await };
        match tokio::time::timeout(self.limits.handshake, tls.accept(guest)).await {
            Ok(Ok(stream)) => self.talk(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS came about"),
            Err(_) => tracing::debug!(%peer, "a handshake took too long"),
        }
    }

    async fn talk<S>(self, stream: S, peer: IpAddr)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { router, limits, close } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| paced(body, limits.pause));
            request.extensions_mut().insert(Connected(peer));
            let answering = router.clone().oneshot(request);
            async move { Ok::<_, Infallible>(answering.await.unwrap_or_else(|never| match never {})) }
        });
        let http = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_header_size(HEAD)
            .max_buf_size(2 * HEAD)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut http = pin!(http);
        let ended = tokio::select! {
            ended = http.as_mut() => ended,
            () = close.cancelled() => {
                http.as_mut().graceful_shutdown();
                http.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%peer, %error, "a client's connection broke off");
        }
    }
}

/// Waits for the next client while the door is open.
async fn next(
    listener: &TcpListener,
    is_open: &mut watch::Receiver<bool>,
) -> (TcpStream, SocketAddr) {
    loop {
        // Whoever holds the other end is gone: nobody can shut the door any more.
        let _ = is_open.wait_for(|is_open| *is_open).await;
        let shut = async {
            if is_open.wait_for(|is_open| !*is_open).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = shut => {}
            accepted = listener.accept() => match accepted {
                Ok(client) => return client,
                Err(error) => pause_after(&error).await,
            }
        }
    }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let unread = u32::try_from(UNREAD.as_millis()).unwrap_or(u32::MAX);
    rustix::net::sockopt::set_tcp_user_timeout(stream, unread)?;
    // Nothing is sent to whoever waits; a host that vanished is noticed all the same.
    rustix::net::sockopt::set_socket_keepalive(stream, true)?;
    rustix::net::sockopt::set_tcp_keepidle(stream, UNREAD / 2)?;
    Ok(())
}
