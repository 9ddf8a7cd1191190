//! Hands a request to its tenant and its answer back.
//!
//! # Invariants
//!
//! * A request is sent a second time only if not a byte of it went out, or if it is a `GET` or `HEAD`
//!   without a body whose connection had lain aside: the tenant may have closed it at that moment
//!   (RFC 9112 section 9.3.1).
//! * A connection becomes a tunnel only after the tenant agreed to the `WebSocket` that the visitor
//!   asked for. Until then what the visitor sends is HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use berth_domain::chain;
use bytes::Bytes;
use http::response::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use tokio::net::TcpStream;

use crate::body::{Download, EdgeBody};
use crate::connection::VisitorConnection;
use crate::headers;
use crate::page::Refusal;
use crate::record::Record;
use crate::shared::Shared;
use crate::tenants::{Place, TenantLive};
use crate::tunnel::TunnelEnd;
use crate::upload::{Upload, UploadFault, UploadMeter};
use crate::upstream::{Failure, SendFailure, UpstreamConnection, UpstreamError};

/// A tenant's answer, ready to be passed on.
pub(super) enum Forwarded {
    Answer(Parts, Download),
    /// One of the edge itself.
    Own(Response<Bytes>),
    Tunnel {
        head: Parts,
        stream: TcpStream,
        early: Bytes,
        place: Place,
    },
}

/// Where a request goes.
pub(super) struct Forwarding<'a> {
    pub(super) shared: &'a Shared,
    pub(super) tenant: Arc<TenantLive>,
    pub(super) address: SocketAddr,
    /// The thread that asks.
    pub(super) worker: usize,
    pub(super) websocket: bool,
    /// It is Berth's own probe, which knocks while a tenant comes up: that nobody answers yet is no
    /// failure.
    pub(super) is_probe: bool,
}

impl Forwarding<'_> {
    /// Sends the request and waits for the head of the answer.
    pub(super) async fn run(
        self,
        request: Request<Upload>,
        record: &mut Record,
    ) -> Result<Forwarded, Refusal> {
        let limits = &self.shared.config.limits;
        let place = if self.websocket {
            let place = self.tenant.open_websocket(limits.websockets_per_tenant);
            Some(place.ok_or(Refusal::Crowded)?)
        } else {
            None
        };
        let asked = Instant::now();
        let (response, connection) = self.ask(request).await?;
        record.answered(response.status(), Some(asked));
        let (mut head, body) = response.into_parts();
        if headers::is_doubtful(&head.headers) {
            tracing::warn!(address = %self.address, "a tenant left open where its answer ends");
            return Err(Refusal::BadAnswer);
        }
        // The visitor's own version is the parser's business.
        head.version = Version::HTTP_11;
        if head.status != StatusCode::SWITCHING_PROTOCOLS {
            let mut download = Download::new(body, connection, self.tenant);
            download.settle().await;
            return Ok(Forwarded::Answer(head, download));
        }
        drop(body);
        let switched = connection.into_switched().await;
        match (place, switched) {
            (Some(place), Some((stream, early))) if headers::grants_websocket(&head.headers) => {
                Ok(Forwarded::Tunnel { head, stream, early, place })
            }
            _ => {
                tracing::warn!(address = %self.address, "a tenant switched protocols unasked");
                Err(Refusal::BadAnswer)
            }
        }
    }

    async fn ask(
        &self,
        mut request: Request<Upload>,
    ) -> Result<(Response<Incoming>, Box<UpstreamConnection>), Refusal> {
        let meter = request.body().meter();
        while let Some(mut connection) = self.tenant.take_aside(self.worker, self.address) {
            if !connection.is_still_open().await {
                continue;
            }
            let spare = copy_if_repeatable(&request);
            match connection.send(request, meter.as_deref()).await {
                Ok(response) => return Ok((response, connection)),
                Err(Failure::Silent) => return Err(self.failed(&Failure::Silent, None)),
                Err(Failure::Broken(failure)) => {
                    match failure.unsent.map(|unsent| *unsent).or(spare) {
                        Some(again) if !has_fault(meter.as_deref()) => {
                            request = again;
                            break;
                        }
                        _ => {
                            let failure = Failure::of(failure.error);
                            return Err(self.failed(&failure, meter.as_deref()));
                        }
                    }
                }
            }
        }
        self.shared.metrics.upstream_connects.inc();
        let (limits, http) = (&self.shared.config.limits, &self.shared.to_tenants);
        let connecting = UpstreamConnection::connect(self.address, self.worker, limits, http).await;
        let mut connection = connecting.map_err(|error| self.failed(&Failure::of(error), None))?;
        match connection.send(request, meter.as_deref()).await {
            Ok(response) => Ok((response, connection)),
            Err(failure) => Err(self.failed(&failure, meter.as_deref())),
        }
    }

    /// Says what the visitor is told. A fault of the visitor's own body comes first: it is the reason
    /// why the connection to the tenant was given up.
    fn failed(&self, failure: &Failure, meter: Option<&UploadMeter>) -> Refusal {
        if let Some(fault) = meter.and_then(UploadMeter::fault) {
            return upload_refusal(fault);
        }
        if self.is_probe {
            return match failure {
                Failure::Silent => Refusal::NoAnswer,
                Failure::Broken(_) => Refusal::NotAnswering,
            };
        }
        self.shared.metrics.upstream_failures.inc();
        match failure {
            Failure::Silent => {
                tracing::warn!(address = %self.address, "a tenant did not answer in time");
                Refusal::NoAnswer
            }
            Failure::Broken(SendFailure { error, .. }) => {
                tracing::warn!(address = %self.address, error = chain(error), "a tenant failed");
                match error {
                    UpstreamError::Connect { .. } | UpstreamError::ConnectTimeout { .. } => {
                        Refusal::NotAnswering
                    }
                    UpstreamError::Exchange { .. } => Refusal::BadAnswer,
                }
            }
        }
    }
}

fn has_fault(meter: Option<&UploadMeter>) -> bool {
    meter.and_then(UploadMeter::fault).is_some()
}

/// What a visitor is told whose body came to no good end.
pub(super) fn upload_refusal(fault: UploadFault) -> Refusal {
    match fault {
        UploadFault::TooLarge => Refusal::TooLarge,
        UploadFault::TooSlow => Refusal::TooSlow,
        UploadFault::Broken => Refusal::BadRequest,
    }
}

fn copy_if_repeatable(request: &Request<Upload>) -> Option<Request<Upload>> {
    let repeatable = matches!(*request.method(), Method::GET | Method::HEAD);
    if !repeatable || !request.body().is_nothing() {
        return None;
    }
    let mut copy = Request::new(Upload::nothing());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    Some(copy)
}

impl Forwarded {
    /// Makes the answer that the visitor gets.
    pub(super) fn into_response(
        self,
        connection: &VisitorConnection,
        request_id: &HeaderValue,
        mut record: Record,
    ) -> Response<EdgeBody> {
        match self {
            Self::Answer(mut head, download) => {
                headers::to_visitor(&mut head.headers, request_id, false);
                Response::from_parts(head, EdgeBody::download(download, record))
            }
            Self::Own(response) => {
                record.answered(response.status(), None);
                response.map(|text| EdgeBody::text(text, record))
            }
            Self::Tunnel { mut head, stream, early, place } => {
                headers::to_visitor(&mut head.headers, request_id, true);
                record.is_websocket();
                connection.ledger.put_tunnel(TunnelEnd { stream, early, record, place });
                Response::from_parts(head, EdgeBody::before_tunnel())
            }
        }
    }
}
