//! Why the edge cannot open.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the edge cannot open.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    #[error("cannot listen on `{address}`: choose another address or stop what uses it")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot use the listening socket that was handed over")]
    Listener { source: io::Error },
    #[error("cannot start the threads that serve visitors")]
    Workers { source: io::Error },
    #[error("cannot open the access log `{}`: check the folder and its permissions", path.display())]
    AccessLog { path: PathBuf, source: io::Error },
}
