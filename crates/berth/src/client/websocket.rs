//! A WebSocket.

use bytes::Bytes;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use http::HeaderMap;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::answer;
use super::place::Stream;
use crate::failure::Failure;

/// Both ends of a WebSocket.
#[derive(Debug)]
pub(crate) struct WebSocket {
    pub(crate) sender: Sender,
    pub(crate) receiver: Receiver,
}

/// What is sent and received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    Binary(Bytes),
    Text(String),
}

/// Sends frames.
#[derive(Debug)]
pub(crate) struct Sender(SplitSink<WebSocketStream<Box<dyn Stream>>, Message>);

/// Receives frames.
#[derive(Debug)]
pub(crate) struct Receiver(SplitStream<WebSocketStream<Box<dyn Stream>>>);

pub(super) async fn open(
    stream: Box<dyn Stream>,
    url: &str,
    headers: HeaderMap,
) -> Result<WebSocket, Failure> {
    let mut request = url.into_client_request().map_err(lost)?;
    request.headers_mut().extend(headers);
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((stream, _)) => {
            let (sender, receiver) = stream.split();
            Ok(WebSocket { sender: Sender(sender), receiver: Receiver(receiver) })
        }
        Err(Error::Http(response)) => {
            Err(answer::problem(response.status(), response.body().as_deref()))
        }
        Err(error) => Err(lost(error)),
    }
}

fn lost(error: Error) -> Failure {
    Failure::Lost(error.into())
}

impl Sender {
    pub(crate) async fn send(&mut self, frame: Frame) -> Result<(), Failure> {
        let message = match frame {
            Frame::Binary(data) => Message::Binary(data),
            Frame::Text(text) => Message::Text(text.into()),
        };
        self.0.send(message).await.map_err(lost)
    }
}

impl Receiver {
    /// Returns the next frame, `None` after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Frame>, Failure> {
        while let Some(message) = self.0.next().await {
            match message.map_err(lost)? {
                Message::Binary(data) => return Ok(Some(Frame::Binary(data))),
                Message::Text(text) => return Ok(Some(Frame::Text(text.as_str().to_owned()))),
                Message::Close(_) => return Ok(None),
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
        Ok(None)
    }
}
