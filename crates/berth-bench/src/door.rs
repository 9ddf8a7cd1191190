//! An edge as `berth serve` opens it, with a table that nobody but the caller changes.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use berth_domain::{Clock, Timestamp};
use berth_edge::{Edge, EdgeConfig, ProbeSecret, RouteTable};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{say, table};

#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the `Clock` that the lint asks for")]
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now()
    }
}

/// Opens an edge on a free port.
pub(crate) async fn open(
    routes: watch::Receiver<Arc<RouteTable>>,
    access_log: Option<PathBuf>,
    workers: NonZeroUsize,
) -> io::Result<Edge> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = EdgeConfig { listen, access_log, workers, ..EdgeConfig::default() };
    let secret = ProbeSecret::from_bytes([7; 32]);
    Edge::bind(config, routes, secret, Arc::new(SystemClock)).await.map_err(io::Error::other)
}

/// Serves until it is killed.
pub(crate) async fn serve(
    count: u32,
    upstream: SocketAddr,
    log: PathBuf,
    workers: NonZeroUsize,
) -> io::Result<()> {
    let (_table, watched) =
        watch::channel(Arc::new(RouteTable::new(table::routes(count, upstream)?)));
    let edge = open(watched, Some(log), workers).await?;
    say(&edge.address())?;
    edge.serve(CancellationToken::new()).await;
    Ok(())
}
