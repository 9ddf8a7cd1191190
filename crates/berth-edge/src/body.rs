//! The body of an answer: a page of our own, or a tenant's bytes as they come.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::record::Record;
use crate::tenants::TenantLive;
use crate::upstream::UpstreamConnection;

/// Why an answer ends in the middle. The visitor's connection is cut, which is how HTTP/1.1 says so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyFault {
    #[error("the tenant's answer broke off")]
    Broken(#[source] hyper::Error),
    #[error("the tenant fell silent in the middle of its answer")]
    Silent,
}

/// How long something may stay silent.
///
/// A timer is only moved when it rings: to move it with each sign of life would take the lock of all
/// timers each time. So it may ring early, and then the clock decides.
#[derive(Debug)]
pub(crate) struct Patience {
    allowed: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// Until when there may be silence. `None` if there was a sign of life since it was asked for.
    deadline: Option<Instant>,
}

impl Patience {
    pub(crate) fn new(allowed: Duration) -> Self {
        Self { allowed, timer: None, deadline: None }
    }

    /// Notes that there was a sign of life.
    pub(crate) fn renew(&mut self) {
        self.deadline = None;
    }

    /// Whether the silence lasts too long. If not, the task is woken when it does.
    pub(crate) fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let allowed = self.allowed;
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + allowed);
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        while timer.as_mut().poll(cx).is_ready() {
            if deadline <= Instant::now() {
                return true;
            }
            timer.as_mut().reset(deadline);
        }
        false
    }
}

/// The body of an answer, with the record that is written when it ends.
#[derive(Debug)]
pub(crate) struct EdgeBody {
    source: Source,
    /// `None` for the empty body before a tunnel, which takes the record along.
    record: Option<Record>,
}

#[derive(Debug)]
enum Source {
    Text(Bytes),
    Tenant(Download),
}

impl EdgeBody {
    pub(crate) fn text(text: Bytes, record: Record) -> Self {
        Self { source: Source::Text(text), record: Some(record) }
    }

    /// Nothing, before the connection becomes a tunnel.
    pub(crate) fn before_tunnel() -> Self {
        Self { source: Source::Text(Bytes::new()), record: None }
    }

    pub(crate) fn download(download: Download, record: Record) -> Self {
        Self { source: Source::Tenant(download), record: Some(record) }
    }
}

/// A tenant's answer, driven by whoever reads it.
#[derive(Debug)]
pub(crate) struct Download {
    incoming: Incoming,
    /// Gone once the answer was read to its end.
    connection: Option<Box<UpstreamConnection>>,
    tenant: Arc<TenantLive>,
}

impl Download {
    pub(crate) fn new(
        incoming: Incoming,
        connection: Box<UpstreamConnection>,
        tenant: Arc<TenantLive>,
    ) -> Self {
        Self { incoming, connection: Some(connection), tenant }
    }

    /// Gives the connection back if there is no body at all: nobody would ask for it then.
    pub(crate) async fn settle(&mut self) {
        if self.incoming.is_end_stream() {
            std::future::poll_fn(|cx| {
                self.finish(cx);
                Poll::Ready(())
            })
            .await;
        }
    }

    fn finish(&mut self, cx: &mut Context<'_>) {
        if let Some(mut connection) = self.connection.take() {
            // One more turn lets the connection notice that it is at rest.
            connection.drive(cx);
            if connection.is_reusable() {
                self.tenant.put_aside(connection);
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let mut frame = Pin::new(&mut self.incoming).poll_frame(cx);
        if frame.is_pending()
            && let Some(connection) = &mut self.connection
        {
            // Asking first tells the connection that its bytes are wanted; then they come.
            connection.drive(cx);
            frame = Pin::new(&mut self.incoming).poll_frame(cx);
        }
        let waiting = frame.is_pending().then_some(self.connection.as_mut()).flatten();
        if waiting.is_some_and(|connection| connection.patience.is_over(cx)) {
            self.connection = None;
            return Poll::Ready(Some(Err(BodyFault::Silent)));
        }
        let frame = ready!(frame);
        if let Some(connection) = &mut self.connection {
            connection.patience.renew();
        }
        Poll::Ready(self.pass(cx, frame))
    }

    fn pass(
        &mut self,
        cx: &mut Context<'_>,
        frame: Option<Result<Frame<Bytes>, hyper::Error>>,
    ) -> Option<Result<Frame<Bytes>, BodyFault>> {
        match frame {
            Some(Ok(frame)) if frame.is_data() => {
                if self.incoming.is_end_stream() {
                    self.finish(cx);
                }
                Some(Ok(frame))
            }
            // Trailers: Odoo sends none, and visitors were not told of any.
            Some(Ok(_)) | None => {
                self.finish(cx);
                None
            }
            Some(Err(error)) => {
                self.connection = None;
                Some(Err(BodyFault::Broken(error)))
            }
        }
    }
}

impl Body for EdgeBody {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let this = &mut *self;
        let frame = match &mut this.source {
            Source::Text(text) => {
                let text = std::mem::take(text);
                Poll::Ready((!text.is_empty()).then(|| Ok(Frame::data(text))))
            }
            Source::Tenant(download) => download.poll(cx),
        };
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let (Some(data), Some(record)) = (frame.data_ref(), &mut this.record)
        {
            record.sent(data.len());
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Text(text) => text.is_empty(),
            Source::Tenant(download) => download.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Text(text) => {
                SizeHint::with_exact(u64::try_from(text.len()).unwrap_or(u64::MAX))
            }
            Source::Tenant(download) => download.incoming.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn silence_is_counted_from_the_last_sign_of_life() {
        let allowed = Duration::from_millis(50);
        let mut patience = Patience::new(allowed);
        let began = Instant::now();
        // The timer is set here, for a moment that the sign of life makes too early.
        poll_fn(|cx| Poll::Ready(patience.is_over(cx))).await;
        while began.elapsed() < allowed / 2 {
            tokio::task::yield_now().await;
        }

        patience.renew();
        let renewed = Instant::now();
        poll_fn(|cx| if patience.is_over(cx) { Poll::Ready(()) } else { Poll::Pending }).await;

        assert!(renewed.elapsed() >= allowed);
    }
}
