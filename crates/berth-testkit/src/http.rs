//! Asking over HTTP/1.1, over a Unix socket or TCP: one connection per request.
//!
//! # Invariants
//!
//! * Nothing is retried and no redirect is followed: tests see what was really answered.
//! * An exchange that takes longer than it may is an error.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Socket(PathBuf),
    Address(SocketAddr),
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("cannot connect to {place:?}")]
    Connect { place: Place, source: io::Error },
    #[error("the exchange broke off")]
    Broken(#[from] hyper::Error),
    #[error("no whole answer came within {0:?}")]
    Slow(Duration),
}

impl Answer {
    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error} in the answer {}: {}", self.status, self.text())
        })
    }

    /// A header, `None` when it is absent or not plain text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// A request with a JSON body; none for `Value::Null`.
///
/// # Panics
///
/// When the path is not one.
#[must_use]
pub fn request(method: &str, path: &str, body: &Value) -> Request<Bytes> {
    let content = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let mut builder = Request::builder().method(method).uri(path);
    if !content.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, "application/json");
    }
    builder.body(content).unwrap_or_else(|error| panic!("`{method} {path}`: {error}"))
}

/// Sends one request and reads the whole answer.
pub async fn send(
    place: &Place,
    request: Request<Bytes>,
    within: Duration,
) -> Result<Answer, HttpError> {
    exchange(place, request, within, async |answer| {
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    })
    .await
}

/// Reads an answer, line by line as it comes, until a line is what was waited for. False when it ended
/// without.
pub async fn read_until(
    place: &Place,
    request: Request<Bytes>,
    within: Duration,
    is_it: impl Fn(&str) -> bool,
) -> Result<bool, HttpError> {
    exchange(place, request, within, async |answer| {
        let mut body = answer.into_body();
        let mut seen = Vec::new();
        while let Some(frame) = body.frame().await {
            seen.extend_from_slice(frame?.data_ref().unwrap_or(&Bytes::new()));
            let end = seen.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let whole: Vec<u8> = seen.drain(..end).collect();
            if String::from_utf8_lossy(&whole).lines().any(&is_it) {
                return Ok(true);
            }
        }
        Ok(false)
    })
    .await
}

/// Sends one request and has its answer read.
async fn exchange<T>(
    place: &Place,
    mut request: Request<Bytes>,
    within: Duration,
    read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, HttpError>,
) -> Result<T, HttpError> {
    let headers = request.headers_mut();
    if !headers.contains_key(header::HOST) {
        headers.insert(header::HOST, header::HeaderValue::from_static("localhost"));
    }
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    let refused = |source| HttpError::Connect { place: place.clone(), source };
    let exchange = async {
        match place {
            Place::Socket(path) => {
                talk(UnixStream::connect(path).await.map_err(refused)?, request, read).await
            }
            Place::Address(address) => {
                talk(TcpStream::connect(address).await.map_err(refused)?, request, read).await
            }
        }
    };
    tokio::time::timeout(within, exchange).await.map_err(|_| HttpError::Slow(within))?
}

async fn talk<T>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: Request<Bytes>,
    read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, HttpError>,
) -> Result<T, HttpError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let talk = async move { read(sender.send_request(request.map(Full::new)).await?).await };
    tokio::pin!(talk, connection);
    tokio::select! {
        answer = &mut talk => answer,
        // It has carried everything; why it broke, the talk says as well.
        _ = &mut connection => talk.await,
    }
}
