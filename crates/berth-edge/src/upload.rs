//! The body that a visitor sends, on its way to a tenant.
//!
//! # Invariants
//!
//! * It is never gathered, except for a call whose content decides (`Upload::whole`).
//! * It ends after the limit, also when it does not say its length, and when it comes too slowly.
//! * What follows the body (trailers) stays here: nobody expects it, and it could name headers that
//!   visitors may not set.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use crate::body::Patience;
use crate::pace::Pace;

/// Why a body ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UploadFault {
    #[error("the body is longer than the limit")]
    TooLarge,
    #[error("the body did not come in time")]
    TooSlow,
    #[error("the visitor stopped in the middle of the body")]
    Broken,
}

/// What is known of a body while somebody else consumes it.
#[derive(Debug, Default)]
pub(crate) struct UploadMeter {
    bytes: AtomicU64,
    fault: AtomicU8,
}

impl UploadMeter {
    /// Bytes that passed so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn fault(&self) -> Option<UploadFault> {
        match self.fault.load(Ordering::Relaxed) {
            1 => Some(UploadFault::TooLarge),
            2 => Some(UploadFault::TooSlow),
            3 => Some(UploadFault::Broken),
            _ => None,
        }
    }

    fn fail(&self, fault: UploadFault) -> UploadFault {
        let number = match fault {
            UploadFault::TooLarge => 1,
            UploadFault::TooSlow => 2,
            UploadFault::Broken => 3,
        };
        self.fault.store(number, Ordering::Relaxed);
        fault
    }
}

/// A request's body.
#[derive(Debug)]
pub(crate) struct Upload(Source);

#[derive(Debug)]
enum Source {
    Nothing,
    Whole(Bytes),
    Stream(Stream),
}

#[derive(Debug)]
struct Stream {
    incoming: Incoming,
    left: u64,
    meter: Arc<UploadMeter>,
    /// With a visitor who is silent.
    patience: Patience,
    silence: Duration,
    pace: Pace,
}

impl Upload {
    pub(crate) fn nothing() -> Self {
        Self(Source::Nothing)
    }

    /// A body that was read before.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self(Source::Whole(bytes))
    }

    /// Passes a body on as it comes: at most `limit` bytes, with at most `silence` between two
    /// pieces, and not much more of it in all (`pace`).
    pub(crate) fn stream(incoming: Incoming, limit: u64, silence: Duration) -> Self {
        let meter = Arc::default();
        let (patience, pace) = (Patience::new(silence), Pace::default());
        Self(Source::Stream(Stream { incoming, left: limit, meter, patience, silence, pace }))
    }

    /// What is known of a body that streams. `None` when there is nothing to follow.
    pub(crate) fn meter(&self) -> Option<Arc<UploadMeter>> {
        match &self.0 {
            Source::Stream(stream) => Some(Arc::clone(&stream.meter)),
            Source::Nothing | Source::Whole(_) => None,
        }
    }

    /// Bytes that were read before it goes on.
    pub(crate) fn bytes_read_before(&self) -> u64 {
        match &self.0 {
            Source::Whole(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Source::Nothing | Source::Stream(_) => 0,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.0, Source::Nothing)
    }
}

impl Stream {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, UploadFault>>> {
        let frame = match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Ready(frame) => frame,
            Poll::Pending if self.patience.is_over(cx) => {
                return Poll::Ready(Some(Err(self.meter.fail(UploadFault::TooSlow))));
            }
            Poll::Pending => {
                self.pace.waits(Instant::now);
                return Poll::Pending;
            }
        };
        self.patience.renew();
        match frame {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => Poll::Ready(Some(self.take(data))),
                Err(_trailers) => Poll::Ready(None),
            },
            Some(Err(_)) => Poll::Ready(Some(Err(self.meter.fail(UploadFault::Broken)))),
            None => Poll::Ready(None),
        }
    }

    fn take(&mut self, data: Bytes) -> Result<Frame<Bytes>, UploadFault> {
        let length = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(length) else {
            return Err(self.meter.fail(UploadFault::TooLarge));
        };
        self.pace.moved(data.len(), Instant::now);
        if self.pace.is_too_slow(self.silence) {
            return Err(self.meter.fail(UploadFault::TooSlow));
        }
        self.left = left;
        self.meter.bytes.fetch_add(length, Ordering::Relaxed);
        Ok(Frame::data(data))
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = UploadFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, UploadFault>>> {
        match &mut self.0 {
            Source::Nothing => Poll::Ready(None),
            Source::Whole(bytes) => {
                let bytes = std::mem::take(bytes);
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Source::Stream(stream) => stream.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Source::Nothing => true,
            Source::Whole(bytes) => bytes.is_empty(),
            Source::Stream(stream) => stream.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Source::Nothing => SizeHint::with_exact(0),
            Source::Whole(bytes) => {
                SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
            }
            Source::Stream(stream) => stream.incoming.size_hint(),
        }
    }
}
