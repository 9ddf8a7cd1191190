//! The body of an answer: a page of our own, or a tenant's bytes as they come.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

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

/// How long something may stay silent. It costs a timer only once there was silence.
#[derive(Debug)]
pub(crate) struct Patience {
    allowed: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    renewed: bool,
}

impl Patience {
    pub(crate) fn new(allowed: Duration) -> Self {
        Self { allowed, timer: None, renewed: false }
    }

    /// Notes that there was a sign of life.
    pub(crate) fn renew(&mut self) {
        self.renewed = true;
    }

    /// Whether the silence lasts too long. If not, the task is woken when it does.
    pub(crate) fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let allowed = self.allowed;
        let renewed = std::mem::take(&mut self.renewed);
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(allowed)));
        if renewed {
            timer.as_mut().reset(Instant::now() + allowed);
        }
        timer.as_mut().poll(cx).is_ready()
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
    patience: Patience,
}

impl Download {
    pub(crate) fn new(
        incoming: Incoming,
        connection: Box<UpstreamConnection>,
        tenant: Arc<TenantLive>,
        silence: Duration,
    ) -> Self {
        Self { incoming, connection: Some(connection), tenant, patience: Patience::new(silence) }
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
        match frame {
            Poll::Ready(frame) => {
                self.patience.renew();
                Poll::Ready(self.pass(cx, frame))
            }
            Poll::Pending if self.patience.is_over(cx) => {
                self.connection = None;
                Poll::Ready(Some(Err(BodyFault::Silent)))
            }
            Poll::Pending => Poll::Pending,
        }
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
