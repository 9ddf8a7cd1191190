//! Somebody who asks the API or the edge, one request after the other on a connection that stays open.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;

#[derive(Debug)]
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    token: Option<String>,
    /// Carries the connection. It ends when dropped.
    _carrying: JoinSet<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Client {
    /// Somebody whom the connection proves.
    pub(crate) async fn at_socket(path: &Path) -> io::Result<Self> {
        Self::on(UnixStream::connect(path).await?, "localhost".to_owned(), None).await
    }

    /// Somebody who shows a token, or nothing.
    pub(crate) async fn at_address(
        address: SocketAddr,
        host: String,
        token: Option<String>,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::on(stream, host, token).await
    }

    async fn on(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        host: String,
        token: Option<String>,
    ) -> io::Result<Self> {
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            // Whoever asks next is told that the connection is gone.
            let _ = connection.await;
        });
        Ok(Self { sender, host, token, _carrying: carrying })
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub(crate) async fn ask(&mut self, method: Method, path: &str) -> io::Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.header(CONTENT_TYPE, "application/json").body(Full::default());
        let request = request.map_err(io::Error::other)?;
        self.sender.ready().await.map_err(io::Error::other)?;
        let answer = self.sender.send_request(request).await.map_err(io::Error::other)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Answer { status, body })
    }

    /// Asks for a document that is to be there.
    pub(crate) async fn read(&mut self, path: &str) -> io::Result<Bytes> {
        self.ask(Method::GET, path).await?.good(path)
    }
}

impl Answer {
    pub(crate) fn good(self, what: &str) -> io::Result<Bytes> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        let said = String::from_utf8_lossy(&self.body);
        Err(io::Error::other(format!("{what} was answered with {}: {said}", self.status)))
    }
}

/// Reads a document.
pub(crate) fn json(body: &Bytes) -> io::Result<Value> {
    serde_json::from_slice(body).map_err(io::Error::other)
}
