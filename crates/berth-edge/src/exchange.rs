//! One request, from its head to the head of its answer.
//!
//! # Invariants
//!
//! * The order of the checks is the order of this file: framing, addressee, state of the route, path,
//!   places, body. Nothing reaches a tenant before all of them passed.

mod forward;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::body::EdgeBody;
use crate::connection::VisitorConnection;
use crate::gate::{self, Refused};
use crate::guarded::{PathClass, classify};
use crate::page::{self, About, Manner, Refusal};
use crate::record::{LogEntry, Record};
use crate::socket::Delimited;
use crate::target::{self, Target};
use crate::upload::{Upload, UploadFault};
use crate::visitor::{self, Visitor};
use crate::{Route, headers, login, rpc_call};
use forward::Forwarded;

/// What of a request is still known after it was sent on.
struct Asked {
    request_id: HeaderValue,
    visitor: Visitor,
    manner: Manner,
    target: Option<Target>,
}

impl Asked {
    /// What a page says of it.
    fn about<'a>(&'a self, route: Option<&'a Route>) -> About<'a> {
        About {
            host: self.target.as_ref().map(|target| &target.host),
            language: route.and_then(|route| route.language.as_ref()),
            request_id: &self.request_id,
        }
    }
}

/// Answers one request.
pub(crate) async fn answer(
    connection: &VisitorConnection,
    request: Request<Incoming>,
) -> Response<EdgeBody> {
    let began = Instant::now();
    let shared = &connection.shared;
    let (head, body) = request.into_parts();
    let delimited = delimited(&head.headers);
    let framed = connection.ledger.request_began(delimited);
    let asked = Asked {
        request_id: shared.ids.of(&head.headers),
        visitor: visitor::identify(connection.peer, &head.headers, &shared.config.trusted_proxies),
        manner: Manner::of(&head.headers),
        target: target::read(&head.method, &head.uri, &head.headers),
    };
    let mut record = Record::new(connection, began);
    if shared.log.is_some() {
        record.log(entry(connection, &head, &asked));
    }
    let result = match framed {
        Ok(()) => serve(connection, &asked, head, body, &mut record).await,
        Err(fault) => {
            tracing::debug!(peer = %connection.peer, ?fault, "a request with a doubtful framing");
            Err(Refused { refusal: Refusal::BadRequest, route: None })
        }
    };
    let mut response = match result {
        Ok(forwarded) => forwarded.into_response(connection, &asked.request_id, record),
        Err(refused) => refuse(&refused, &asked, record),
    };
    if delimited == Delimited::Chunked {
        // Where the next head begins is known to the parser alone, so there is none.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// How the parser understood the body. It has refused any length that is not one.
fn delimited(headers: &HeaderMap) -> Delimited {
    if headers.contains_key(TRANSFER_ENCODING) {
        return Delimited::Chunked;
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    Delimited::Length(length.and_then(|length| length.parse().ok()).unwrap_or(0))
}

fn entry(connection: &VisitorConnection, head: &Parts, asked: &Asked) -> LogEntry {
    LogEntry {
        time: connection.shared.clock.now(),
        request_id: asked.request_id.clone(),
        visitor: asked.visitor.address,
        method: head.method.clone(),
        host: head.headers.get(HOST).cloned(),
        target: head.uri.path_and_query().map(login::hidden),
        route: None,
        status: 0,
        bytes_in: 0,
        bytes_out: 0,
        duration_us: 0,
        upstream_us: None,
        websocket: false,
    }
}

fn refuse(refused: &Refused, asked: &Asked, mut record: Record) -> Response<EdgeBody> {
    let about = asked.about(refused.route.as_deref());
    let response = page::render(refused.refusal, &asked.manner, about);
    record.answered(response.status(), None);
    response.map(|text| EdgeBody::text(text, record))
}

async fn serve(
    connection: &VisitorConnection,
    asked: &Asked,
    head: Parts,
    body: Incoming,
    record: &mut Record,
) -> Result<Forwarded, Refused> {
    let shared = &*connection.shared;
    let unreadable = || Refused { refusal: Refusal::BadRequest, route: None };
    let target = asked.target.as_ref().ok_or_else(unreadable)?;
    let is_probe = shared.probe.admits(&head.headers);
    if is_probe {
        record.is_probe();
    }
    let passed = gate::pass(shared, &target.host, is_probe).await;
    if let Err(Refused { route: Some(route), .. }) = &passed {
        record.routed(route, &shared.tenants.of(route, shared.counts()));
    }
    let route = passed?;
    let tenant = shared.tenants.of(&route, shared.counts());
    record.routed(&route, &tenant);
    if let Some(key) = login::key_in(head.uri.path()) {
        let about = asked.about(Some(&route));
        let who = (route.tenant, asked.visitor.https);
        let answer =
            login::answer(&shared.logins, (&head.method, key), who, (&asked.manner, about));
        return Ok(Forwarded::Own(answer));
    }
    let about = |refusal| Refused { refusal, route: Some(Arc::clone(&route)) };

    let class = classify(head.uri.path());
    if class == PathClass::Closed {
        return Err(about(Refusal::Closed));
    }
    let limits = &shared.config.limits;
    if !is_probe {
        let place = tenant.enter(limits.requests_per_tenant);
        record.hold_place(place.ok_or_else(|| about(Refusal::Crowded))?);
    }
    let upload = match take_body(connection, class, &head.headers, body).await {
        Ok(upload) => upload,
        Err(refusal) => return Err(about(refusal)),
    };
    record.receives(&upload);
    let websocket = headers::asks_for_websocket(&head.method, head.version, &head.headers);
    let address = upstream_address(&route, class).ok_or_else(|| about(Refusal::NotAnswering))?;
    let request = to_tenant(head, upload, target, asked, websocket);
    let worker = connection.worker;
    let forwarding = forward::Forwarding { shared, tenant, address, worker, websocket, is_probe };
    forwarding.run(request, record).await.map_err(about)
}

/// Where in the tenant the path is served. `None` while the tenant is nowhere.
fn upstream_address(route: &Route, class: PathClass) -> Option<std::net::SocketAddr> {
    let upstream = route.upstream?;
    Some(match class {
        PathClass::Live => upstream.websocket.unwrap_or(upstream.http),
        PathClass::Ordinary | PathClass::JsonRpc | PathClass::Closed => upstream.http,
    })
}

fn to_tenant(
    mut head: Parts,
    upload: Upload,
    target: &Target,
    asked: &Asked,
    websocket: bool,
) -> Request<Upload> {
    headers::to_tenant(&mut head.headers, target, asked.visitor, &asked.request_id, websocket);
    if upload.size_hint().exact().is_none() {
        // Without it, the client takes the body of a `GET` for nothing and leaves it out.
        head.headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let mut request = Request::new(upload);
    *request.method_mut() = head.method;
    *request.headers_mut() = head.headers;
    *request.uri_mut() = match head.uri.scheme() {
        None => head.uri,
        // A tenant is asked in origin form, whatever form the visitor used.
        Some(_) => head.uri.into_parts().path_and_query.map_or_else(Uri::default, Uri::from),
    };
    request
}

/// Takes the body in the form in which it goes on: as a stream, or whole where its content decides
/// whether it does.
async fn take_body(
    connection: &VisitorConnection,
    class: PathClass,
    headers: &HeaderMap,
    body: Incoming,
) -> Result<Upload, Refusal> {
    if body.is_end_stream() {
        return Ok(Upload::nothing());
    }
    let limits = &connection.shared.config.limits;
    let is_call = class == PathClass::JsonRpc;
    let (limit, refusal) = if is_call {
        let limit = u64::try_from(limits.rpc_body_bytes).unwrap_or(u64::MAX);
        (limit.min(limits.body_bytes), Refusal::CallTooLarge)
    } else {
        (limits.body_bytes, Refusal::TooLarge)
    };
    if matches!(delimited(headers), Delimited::Length(length) if length > limit) {
        return Err(refusal);
    }
    let upload = Upload::stream(body, limit, limits.idle_timeout);
    if !is_call {
        return Ok(upload);
    }
    let call: Bytes = match upload.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(UploadFault::TooLarge) => return Err(refusal),
        Err(fault) => return Err(forward::upload_refusal(fault)),
    };
    match rpc_call::names_database_service(&call) {
        Ok(false) => Ok(Upload::whole(call)),
        Ok(true) => Err(Refusal::Closed),
        Err(error) => {
            tracing::debug!(%error, "a JSON-RPC call that cannot be read");
            Err(Refusal::NotACall)
        }
    }
}
