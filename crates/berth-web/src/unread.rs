//! What a request still has to say when it is answered is taken, so that whoever says it hears the answer.
//!
//! Most refusals are decided before a body was read. A connection that is closed while a body is on its
//! way is reset, and the answer, which is on its way back, is lost with it.
//!
//! # Invariants
//!
//! * At most [`MOST`] bytes are taken, and at most [`LONGEST`] is waited for them: whoever sends more, or
//!   says nothing any more, is cut off.
//! * Whoever waits for `100 Continue` is answered at once.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::header::EXPECT;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

const MOST: usize = 1024 * 1024;
const LONGEST: Duration = Duration::from_secs(1);

/// Answers a request, and reads what nobody has read of it.
pub(crate) async fn take_the_rest(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.headers().contains_key(EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body));
    let lent = Body::new(Lent(Arc::clone(&body)));
    let answer = next.run(Request::from_parts(parts, lent)).await;
    // Whether or not it comes, this is the answer.
    let _ = timeout(LONGEST, rest(Lent(body))).await;
    answer
}

async fn rest(body: Lent) {
    let mut body = Limited::new(body, MOST);
    while let Some(Ok(_)) = body.frame().await {}
}

/// A body that somebody else reads on with.
struct Lent(Arc<Mutex<Body>>);

impl Lent {
    fn with<T>(&self, ask: impl FnOnce(Pin<&mut Body>) -> T) -> T {
        ask(Pin::new(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.with(|body| body.poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.with(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|body| body.size_hint())
    }
}
