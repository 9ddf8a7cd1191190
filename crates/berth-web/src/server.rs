//! Listening for clients on this host.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use berth_domain::IdSource;
use berth_engine::Engine;
use prometheus_client::registry::Registry;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::context::WebState;
use crate::listener::Gated;
use crate::peer::Peer;
use crate::router::router;
use crate::socket::ApiSocket;

/// What the API is put together from.
#[derive(Debug, Clone)]
pub struct Web {
    pub engine: Engine,
    /// What `GET /api/v1/metrics` shows.
    pub metrics: Arc<Registry>,
    /// Names requests.
    pub ids: Arc<dyn IdSource>,
    /// What the pages say of the configuration.
    pub configured: Arc<Vec<Configured>>,
}

/// A setting in force, and who set it. None holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    /// `section.key`.
    pub setting: String,
    /// As it was written.
    pub value: String,
    /// A file and a line, a variable, a flag, or nobody.
    pub from: String,
}

/// Why the API does not listen.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error(
        "another server answers at `{}`: a server that stands by needs an `api.socket` of its own",
        path.display()
    )]
    Taken { path: PathBuf },

    #[error(
        "`{}` is too long for a socket, which may have {longest} bytes: choose a shorter home",
        path.display()
    )]
    TooLong { path: PathBuf, longest: usize },

    #[error("cannot make the socket `{}`", path.display())]
    Bind {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("cannot use the socket of the API that was handed over")]
    Inherit(#[source] io::Error),

    #[error("cannot accept connections any more")]
    Serve(#[source] io::Error),
}

/// Makes a Unix socket at `path` and serves the API on it until `stop`, as [`serve`] does.
pub async fn serve_unix(web: Web, path: &Path, stop: CancellationToken) -> Result<(), WebError> {
    let socket = ApiSocket::bind(path).await?;
    let (_always, is_open) = watch::channel(true);
    serve(web, &socket, is_open, stop).await
}

/// Serves the API until `stop`, then finishes the requests at hand. Streams end with `stop`. While
/// `is_open` is false nobody is let in, and nobody is refused.
///
/// The socket listens for as long as `socket` or the future lives.
pub fn serve(
    web: Web,
    socket: &ApiSocket,
    is_open: watch::Receiver<bool>,
    stop: CancellationToken,
) -> impl Future<Output = Result<(), WebError>> + Send + use<> {
    let listener = socket.listener();
    async move {
        let listener = Gated::new(listener.map_err(WebError::Serve)?, is_open, stop.clone());
        serve_on(web, listener, stop).await
    }
}

async fn serve_on(web: Web, listener: Gated, stop: CancellationToken) -> Result<(), WebError> {
    let router = router(&WebState::new(web, stop.clone(), None));
    let silent = listener.silent();
    tracing::info!("the API listens");

    let stopped = async move {
        stop.cancelled_owned().await;
        silent.none().await;
    };
    axum::serve(listener, router.into_make_service_with_connect_info::<Peer>())
        .with_graceful_shutdown(stopped)
        .await
        .map_err(WebError::Serve)
}
