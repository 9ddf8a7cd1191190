//! Calls whose connection becomes a stream in both directions.
//!
//! The client library has such calls too, but gives out only streams that it took apart itself; see
//! `frames` for why that is not enough.

use std::path::Path;

use bollard::errors::Error;
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HOST, UPGRADE};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

/// What is left of the connection once the engine agreed: the bytes of both directions.
pub(crate) type Connection = TokioIo<Upgraded>;

/// Posts a request and returns the raw connection. `path` may have a query.
pub(crate) async fn post(
    socket: &Path,
    path: &str,
    json: Option<String>,
) -> Result<Connection, Error> {
    let stream = UnixStream::connect(socket).await?;
    let mut sender = open(stream).await?;
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "tcp")
        .body(Full::new(Bytes::from(json.unwrap_or_default())))?;
    let response = sender.send_request(request).await?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refusal(response).await?);
    }
    Ok(TokioIo::new(hyper::upgrade::on(response).await?))
}

pub(crate) async fn open(stream: UnixStream) -> Result<SendRequest<Full<Bytes>>, Error> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the task ends with its one request: it hands the connection over, or the request \
                  is dropped and closes it"
    )]
    tokio::spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%error, "a connection to the engine broke");
        }
    });
    Ok(sender)
}

/// The engine's refusal, in the form that the client library gives its own.
pub(crate) async fn refusal(response: Response<Incoming>) -> Result<Error, Error> {
    let status_code = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    let message = serde_json::from_slice::<serde_json::Value>(&body)
        .ok()
        .and_then(|answer| answer.get("message")?.as_str().map(str::to_owned))
        .unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    Ok(Error::DockerResponseServerError { status_code, message })
}
