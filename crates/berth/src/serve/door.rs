//! Knocking at the edge the way a visitor does.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::HostName;
use berth_edge::{PROBE_HEADER, ProbeSecret};
use berth_engine::Door;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A page that takes longer is not served.
const PATIENCE: Duration = Duration::from_mins(1);

/// The edge of this process.
#[derive(Debug)]
pub(crate) struct EdgeDoor {
    address: SocketAddr,
    secret: String,
}

impl EdgeDoor {
    pub(crate) fn new(listening: SocketAddr, probe: &ProbeSecret) -> Self {
        Self { address: reached(listening), secret: probe.header_value().to_owned() }
    }

    async fn ask(&self, host: &HostName, path: &str) -> io::Result<u16> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let request = hyper::Request::get(path)
            .header(hyper::header::HOST, host.as_str())
            .header(hyper::header::CONNECTION, "close")
            .header(PROBE_HEADER, &self.secret)
            .body(Empty::<Bytes>::new())
            .map_err(io::Error::other)?;
        status(sender, connection, request).await
    }
}

/// Where a listener is reached from this host: one that listens everywhere, over loopback.
pub(super) fn reached(listening: SocketAddr) -> SocketAddr {
    let mut address = listening;
    if listening.ip().is_unspecified() {
        address.set_ip(match listening.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Sends a request and returns the status of the answer, of which nothing else is needed.
pub(super) async fn status(
    mut sender: http1::SendRequest<Empty<Bytes>>,
    connection: impl Future<Output = hyper::Result<()>>,
    request: hyper::Request<Empty<Bytes>>,
) -> io::Result<u16> {
    let answer = async {
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        Ok(answer.status().as_u16())
    };
    // The connection is driven here and dropped with the answer's head. When it ends first, the answer
    // is there already, or says what went wrong.
    tokio::pin!(answer);
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ = connection => answer.await,
    }
}

#[async_trait]
impl Door for EdgeDoor {
    async fn knock(&self, host: &HostName, path: &str) -> io::Result<u16> {
        match tokio::time::timeout(PATIENCE, self.ask(host, path)).await {
            Ok(answer) => answer,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
        }
    }
}
