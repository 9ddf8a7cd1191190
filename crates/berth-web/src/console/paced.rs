//! A body that may not pause for ever.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

/// The next piece of a body did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the body paused for too long")]
struct Paused;

/// Breaks off when the next piece is waited for too long.
struct Paced {
    body: Incoming,
    pause: Duration,
    patience: Pin<Box<Sleep>>,
    is_waiting: bool,
}

/// Gives up on a body whose next piece does not come within `pause`.
pub(super) fn paced(body: Incoming, pause: Duration) -> Body {
    if body.is_end_stream() {
        return Body::new(body.map_err(axum::Error::new));
    }
    Body::new(Paced { body, pause, patience: Box::pin(sleep(pause)), is_waiting: false })
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.is_waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)));
        }
        // Time during which nobody wanted the next piece is not the sender's.
        if !self.is_waiting {
            let end = Instant::now() + self.pause;
            self.patience.as_mut().reset(end);
            self.is_waiting = true;
        }
        match self.patience.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(axum::Error::new(Paused)))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
