//! The API over TCP.
//!
//! # Invariants
//!
//! * Nobody is anybody by their connection: whoever shows no good token is a stranger.
//! * Nothing is unbounded: connections in all and from one address, the size of a head and the time
//!   for it, the pause between two pieces of a body, the time for a handshake.
//! * Every answer says that no cache keeps it and no page shows it in a frame.
//!
//! Deliberately absent: CORS. No page of another origin speaks to it.

mod accept;
mod admission;
mod certificate;
mod forwarded;
mod guard;
mod paced;
mod rules;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use berth_domain::{Clock, HostName, IpRange};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::context::WebState;
use crate::router::router;
use crate::server::Web;
pub use certificate::read as read_certificate;
pub(crate) use guard::{guard, seal};
pub(crate) use rules::Rules;
pub use tls::{TlsError, TlsFiles};

/// How the API is reached over TCP.
#[derive(Debug, Clone)]
pub struct ConsoleConfig {
    pub listen: SocketAddr,
    /// Names under which it may be asked for, besides addresses and `localhost`.
    pub names: Vec<HostName>,
    /// Who may say that a request came from somebody else.
    pub trusted_proxies: Vec<IpRange>,
    /// `None`: without TLS.
    pub tls: Option<TlsFiles>,
    pub limits: ConsoleLimits,
}

/// How much anybody can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleLimits {
    pub connections: usize,
    pub connections_per_address: usize,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub head: Duration,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How long a body may pause.
    pub pause: Duration,
}

impl Default for ConsoleLimits {
    fn default() -> Self {
        Self {
            connections: 512,
            connections_per_address: 64,
            head: Duration::from_secs(15),
            handshake: Duration::from_secs(10),
            pause: Duration::from_secs(30),
        }
    }
}

/// A listener that lets nobody in yet.
#[derive(Debug)]
pub struct Console {
    listener: TcpListener,
    address: SocketAddr,
    config: ConsoleConfig,
    tls: Option<tls::Tls>,
    clock: Arc<dyn Clock>,
}

/// Why the console does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error(
        "cannot listen on `{address}`: choose another `console.listen`, or `off`; a server that \
         stands by needs one of its own"
    )]
    Listen { address: SocketAddr, source: io::Error },

    #[error("cannot use the socket of the console that was handed over")]
    Inherit(#[source] io::Error),

    #[error("cannot use the certificate of the console")]
    Tls(#[from] TlsError),
}

impl Console {
    /// Listens where the configuration says.
    pub async fn bind(config: ConsoleConfig, clock: Arc<dyn Clock>) -> Result<Self, ConsoleError> {
        let address = config.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ConsoleError::Listen { address, source })?;
        Self::open(listener, config, clock)
    }

    /// Takes a socket that listens already. `config.listen` is not looked at.
    pub fn from_listener(
        listener: std::net::TcpListener,
        config: ConsoleConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConsoleError> {
        listener.set_nonblocking(true).map_err(ConsoleError::Inherit)?;
        let listener = TcpListener::from_std(listener).map_err(ConsoleError::Inherit)?;
        Self::open(listener, config, clock)
    }

    fn open(
        listener: TcpListener,
        config: ConsoleConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConsoleError> {
        let address = listener.local_addr().map_err(ConsoleError::Inherit)?;
        let tls = config.tls.clone().map(tls::Tls::load).transpose()?;
        Ok(Self { listener, address, config, tls, clock })
    }

    /// Returns where it listens, with the real port where port 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns whether it speaks TLS.
    #[must_use]
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Returns what clients on this host are told, and others if it has a name.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        match self.config.names.first() {
            Some(name) => format!("{scheme}://{name}:{}", self.address.port()),
            None => format!("{scheme}://{}", self.address),
        }
    }

    /// Returns the listening socket once more, to be handed to a successor.
    pub fn socket(&self) -> io::Result<OwnedFd> {
        self.listener.as_fd().try_clone_to_owned()
    }
}

/// Serves the API over TCP until `stop`, then finishes the requests at hand. While `is_open` is false
/// nobody is let in, and nobody is refused.
pub async fn serve_console(
    web: Web,
    console: Console,
    is_open: watch::Receiver<bool>,
    stop: CancellationToken,
) {
    let Console { listener, address, config, tls, clock } = console;
    let limits = config.limits;
    let rules = Arc::new(Rules::new(config, tls.is_some(), clock));
    let console = Some(Arc::clone(&rules));
    let router = router(&WebState::new(web, stop.clone(), console));
    tracing::info!(%address, "the console listens on `{address}`");
    accept::Door { listener, router, rules, tls, limits }.serve(is_open, stop).await;
}
