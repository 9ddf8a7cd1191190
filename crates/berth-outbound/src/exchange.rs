//! One request and its answer, over a connection that was made for it.

use std::net::IpAddr;
use std::sync::Arc;

use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::{LONGEST_ANSWER, Unreached, Wanted};

/// How much of an answer's head is read.
const HEAD: usize = 16 * 1024;

/// The same request as it goes over a connection to its host.
pub(super) fn written_for(
    url: &Url,
    request: Request<Vec<u8>>,
) -> Result<Request<Full<Bytes>>, Unreached> {
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(Unreached::NotAnAddress),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let (parts, body) = request.into_parts();
    let mut builder = Request::builder().method(parts.method).uri(path);
    for (name, value) in &parts.headers {
        builder = builder.header(name, value);
    }
    builder
        .header(header::HOST, host)
        .header(header::USER_AGENT, "berth")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .map_err(Unreached::Request)
}

/// Sends a request over a connection, with TLS around it if the address says so.
pub(super) async fn send(
    url: &Url,
    stream: TcpStream,
    tls: &Arc<ClientConfig>,
    (request, wanted): (Request<Full<Bytes>>, Wanted),
) -> Result<Response<Vec<u8>>, Unreached> {
    if url.scheme() == "http" {
        return speak(stream, request, wanted).await;
    }
    let name = match url.host() {
        Some(Host::Ipv4(address)) => Some(ServerName::from(IpAddr::V4(address))),
        Some(Host::Ipv6(address)) => Some(ServerName::from(IpAddr::V6(address))),
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
        None => None,
    };
    let name = name.ok_or(Unreached::NotAnAddress)?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    speak(stream.map_err(Unreached::Tls)?, request, wanted).await
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
    wanted: Wanted,
) -> Result<Response<Vec<u8>>, Unreached> {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD);
    let (mut sender, connection) =
        builder.handshake(TokioIo::new(stream)).await.map_err(Unreached::Http)?;
    let answer = async move {
        let answer = sender.send_request(request).await.map_err(Unreached::Http)?;
        match wanted {
            Wanted::Head => Ok(answer.map(|_| Vec::new())),
            Wanted::Whole => read(answer).await,
        }
    };
    tokio::pin!(answer, connection);
    tokio::select! {
        answer = &mut answer => answer,
        ended = &mut connection => {
            ended.map_err(Unreached::Http)?;
            answer.await
        }
    }
}

async fn read(answer: Response<Incoming>) -> Result<Response<Vec<u8>>, Unreached> {
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, LONGEST_ANSWER).collect().await.map_err(|error| {
        match error.downcast::<hyper::Error>() {
            Ok(error) => Unreached::Http(*error),
            // The limit is the only other thing that can go wrong with a body.
            Err(_) => Unreached::TooLong,
        }
    })?;
    Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
}
