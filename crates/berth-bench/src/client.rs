//! Somebody who asks the API or the edge, one request after the other on a connection that stays open.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, SET_COOKIE,
};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;

#[derive(Debug)]
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    /// What every request comes with.
    shown: Vec<(HeaderName, HeaderValue)>,
    /// Carries the connection. It ends when dropped.
    _carrying: JoinSet<()>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    /// Until the first byte came.
    pub(crate) first_byte: Duration,
    cookie: Option<HeaderValue>,
}

impl Client {
    /// Somebody whom the connection proves.
    pub(crate) async fn at_socket(path: &Path) -> io::Result<Self> {
        Self::on(UnixStream::connect(path).await?, "localhost".to_owned(), Vec::new()).await
    }

    /// Somebody who shows a token, or nothing.
    pub(crate) async fn at_address(
        address: SocketAddr,
        host: String,
        token: Option<String>,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut shown = Vec::new();
        if let Some(token) = token {
            let token = HeaderValue::try_from(format!("Bearer {token}"));
            shown.push((AUTHORIZATION, token.map_err(io::Error::other)?));
        }
        Self::on(stream, host, shown).await
    }

    async fn on(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        host: String,
        shown: Vec<(HeaderName, HeaderValue)>,
    ) -> io::Result<Self> {
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            // Whoever asks next is told that the connection is gone.
            let _ = connection.await;
        });
        Ok(Self { sender, host, shown, _carrying: carrying })
    }

    /// Signs somebody in. From then on whatever is asked is asked as their browser does, which takes
    /// compressed answers.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> io::Result<()> {
        let body = json!({ "email": email, "password": password });
        let answer = self.send(Method::POST, "/api/v1/sign-in", &body).await?;
        let cookie = answer.cookie.clone();
        answer.good("signing in")?;
        let cookie = cookie.ok_or_else(|| io::Error::other("nobody was given a cookie"))?;
        let held = cookie.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        self.shown.push((COOKIE, HeaderValue::from_bytes(held).map_err(io::Error::other)?));
        self.shown.push((ACCEPT_ENCODING, HeaderValue::from_static("gzip")));
        Ok(())
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub(crate) async fn ask(&mut self, method: Method, path: &str) -> io::Result<Answer> {
        self.send(method, path, &Value::Null).await
    }

    /// The same with a JSON body, if that is not `null`.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> io::Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header(HOST, &self.host);
        for (name, value) in &self.shown {
            request = request.header(name, value);
        }
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = request.header(CONTENT_TYPE, "application/json").body(Full::new(body));
        let request = request.map_err(io::Error::other)?;
        self.sender.ready().await.map_err(io::Error::other)?;
        let began = Instant::now();
        let answer = self.sender.send_request(request).await.map_err(io::Error::other)?;
        let (status, cookie) = (answer.status(), answer.headers().get(SET_COOKIE).cloned());
        let mut body = answer.into_body();
        let first = body.frame().await.transpose().map_err(io::Error::other)?;
        let first_byte = began.elapsed();
        let mut whole = BytesMut::new();
        whole.extend(first.and_then(|frame| frame.into_data().ok()));
        whole.extend(body.collect().await.map_err(io::Error::other)?.to_bytes());
        Ok(Answer { status, body: whole.freeze(), first_byte, cookie })
    }

    /// Asks for a document that is to be there, and takes it as it is.
    pub(crate) async fn plainly(&mut self, path: &str) -> io::Result<Bytes> {
        let shown = self.shown.clone();
        self.shown.retain(|(name, _)| name != ACCEPT_ENCODING);
        let answer = self.ask(Method::GET, path).await;
        self.shown = shown;
        answer?.good(path)
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
