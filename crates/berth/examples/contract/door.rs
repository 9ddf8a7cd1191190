//! The API's socket, reachable over loopback: schemathesis speaks TCP.

use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
use tokio::task::JoinSet;

/// Carries connections to the socket. It ends when dropped.
pub(crate) struct Door {
    address: SocketAddr,
    _carrying: JoinSet<()>,
}

impl Door {
    pub(crate) async fn open(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let Ok((mut near, _)) = listener.accept().await else { continue };
                let socket = socket.clone();
                connections.spawn(async move {
                    if let Ok(mut far) = UnixStream::connect(socket).await {
                        // Either side may break off.
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, _carrying: carrying }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}
