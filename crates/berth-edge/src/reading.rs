//! How the edge reads what visitors send, each reading by itself and without a connection.
//!
//! For trials that ask them millions of questions. What serves visitors calls the same functions.

use std::net::IpAddr;

use berth_domain::{HostName, IpRange};
use http::{HeaderMap, HeaderValue, Method, Uri};

use crate::guarded::{PathClass, classify};
use crate::page::PageLanguage;
use crate::{framing, headers, rpc_call, target, visitor};

/// A head that is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadRead {
    /// Its length, with the empty line that ends it.
    pub len: usize,
    /// It is answered with 400, because two readers could cut it in two ways.
    pub is_doubtful: bool,
}

/// Reads where the head at the start of `raw` ends. `None`: it is not complete yet.
#[must_use]
pub fn head(raw: &[u8]) -> Option<HeadRead> {
    let head = framing::read(raw)?;
    Some(HeadRead { len: head.len, is_doubtful: head.fault.is_some() })
}

/// Reads whom a request is addressed to. `None`: it does not say so unmistakably.
#[must_use]
pub fn addressee(
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<(HostName, Option<u16>)> {
    target::read(method, uri, headers).map(|target| (target.host, target.port))
}

/// Whether nobody gets to this path.
#[must_use]
pub fn is_closed(path: &str) -> bool {
    classify(path) == PathClass::Closed
}

/// Whether a JSON-RPC body names the database service. `None`: it cannot be read, and is refused.
#[must_use]
pub fn names_database_service(body: &[u8]) -> Option<bool> {
    rpc_call::names_database_service(body).ok()
}

/// Who sent a request that came over the connection of `peer`.
#[must_use]
pub fn visitor(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> IpAddr {
    visitor::identify(peer, headers, trusted).address
}

/// Does to headers what is done before a tenant sees them. Returns whether the request asks for a
/// `WebSocket`; `None`: it has no addressee, and so no tenant sees it.
pub fn prepare(peer: IpAddr, method: &Method, uri: &Uri, headers: &mut HeaderMap) -> Option<bool> {
    let target = target::read(method, uri, headers)?;
    let who = visitor::identify(peer, headers, &[]);
    let websocket = headers::asks_for_websocket(method, http::Version::HTTP_11, headers);
    let request_id = HeaderValue::from_static("trial");
    headers::to_tenant(headers, &target, who, &request_id, websocket);
    Some(websocket)
}

/// Whether pages come in the language that a browser wishes for.
#[must_use]
pub fn speaks(accept_language: &HeaderValue) -> bool {
    PageLanguage::of_browser(accept_language).is_some()
}
