//! Listening for clients on this host.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use berth_domain::IdSource;
use berth_engine::Engine;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::context::WebState;
use crate::peer::Peer;
use crate::router::router;
use crate::socket;

/// What the API is put together from.
#[derive(Debug, Clone)]
pub struct Web {
    pub engine: Engine,
    /// What `GET /api/v1/metrics` shows.
    pub metrics: Arc<Registry>,
    /// Names requests.
    pub ids: Arc<dyn IdSource>,
}

/// Why the API does not listen.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("another server answers at `{}`", path.display())]
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

    #[error("cannot accept connections any more")]
    Serve(#[source] io::Error),
}

/// Serves the API on a Unix socket until `stop`, then finishes the requests at hand. Streams end with
/// `stop`. The folder of `path` should be open to its owner only.
pub async fn serve_unix(web: Web, path: &Path, stop: CancellationToken) -> Result<(), WebError> {
    let (listener, _socket) = socket::bind(path).await?;
    let Web { engine, metrics, ids } = web;
    let router = router(&WebState { engine, metrics, ids, stop: stop.clone() });
    tracing::info!(path = %path.display(), "the API listens");

    axum::serve(listener, router.into_make_service_with_connect_info::<Peer>())
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
        .map_err(WebError::Serve)
}
