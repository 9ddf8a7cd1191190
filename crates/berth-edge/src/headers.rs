//! Which headers pass, in both directions.
//!
//! # Invariants
//!
//! * Headers of one connection end with that connection (RFC 9110 section 7.6.1).
//! * What a tenant believes of a proxy, only this proxy says. WSGI turns `X_Forwarded_For` into the
//!   same variable as `X-Forwarded-For`, so names with an underscore do not pass at all.
//! * Odoo looks at `X-Forwarded-*` only if `X-Forwarded-Host` is there (`odoo/http.py`,
//!   `proxy_mode`), and takes the last address of `X-Forwarded-For`: it gets exactly one.

use berth_domain::HostName;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, SERVER, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Version};

use crate::cookies;
use crate::request_id::REQUEST_ID;
use crate::target::Target;
use crate::visitor::Visitor;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");
/// The only protocol that a connection may turn into. Odoo compares the word exactly
/// (`odoo/service/server.py`, `make_environ`).
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");
const UPGRADE_WORD: HeaderValue = HeaderValue::from_static("Upgrade");

/// Whether the request asks for a `WebSocket` (RFC 6455 section 4.1).
pub(crate) fn asks_for_websocket(method: &Method, version: Version, headers: &HeaderMap) -> bool {
    let mut upgrades = headers.get_all(UPGRADE).iter();
    let (Some(upgrade), None) = (upgrades.next(), upgrades.next()) else { return false };
    upgrade.as_bytes().eq_ignore_ascii_case(b"websocket")
        && method == Method::GET
        && version == Version::HTTP_11
        && connection_names(headers).any(|name| name.eq_ignore_ascii_case(b"upgrade"))
        && !headers.contains_key(TRANSFER_ENCODING)
        && headers.get(CONTENT_LENGTH).is_none_or(|length| length == "0")
}

/// Whether a tenant's answer really turns the connection into a `WebSocket`.
pub(crate) fn grants_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Whether an answer leaves open where it ends: by two statements about it, or by an encoding that
/// nobody has taken off (RFC 9112 section 6.3). Whoever is in front of us could read it otherwise.
pub(crate) fn is_doubtful(answer: &HeaderMap) -> bool {
    let mut encodings = answer.get_all(TRANSFER_ENCODING).iter();
    let Some(encoding) = encodings.next() else { return false };
    encodings.next().is_some()
        || !encoding.as_bytes().eq_ignore_ascii_case(b"chunked")
        || answer.contains_key(CONTENT_LENGTH)
}

/// Removes what a visitor may not tell a tenant and adds what the tenant is to know.
pub(crate) fn to_tenant(
    headers: &mut HeaderMap,
    target: &Target,
    visitor: Visitor,
    request_id: &HeaderValue,
    websocket: bool,
) {
    remove(headers, |name| may_not_enter(name.as_str()));
    cookies::keep_from_tenant(headers);
    let host = host_value(&target.host, target.port, headers.get(HOST));
    let address =
        HeaderValue::try_from(visitor.address.to_string()).expect("an address is a header value");
    let proto = HeaderValue::from_static(if visitor.https { "https" } else { "http" });
    headers.insert(FORWARDED_HOST, host.clone());
    headers.insert(HOST, host);
    headers.insert(FORWARDED_FOR, address.clone());
    headers.insert(REAL_IP, address);
    headers.insert(FORWARDED_PROTO, proto);
    headers.insert(REQUEST_ID, request_id.clone());
    if websocket {
        headers.insert(CONNECTION, UPGRADE_WORD);
        headers.insert(UPGRADE, WEBSOCKET);
    }
}

/// Removes what concerns only our connection to the tenant, and the name of its software.
pub(crate) fn to_visitor(headers: &mut HeaderMap, request_id: &HeaderValue, websocket: bool) {
    remove(headers, |name| is_of_one_connection(name.as_str()) || *name == SERVER);
    cookies::keep_from_visitor(headers);
    headers.insert(REQUEST_ID, request_id.clone());
    if websocket {
        headers.insert(CONNECTION, UPGRADE_WORD);
        headers.insert(UPGRADE, WEBSOCKET);
    }
}

fn remove(headers: &mut HeaderMap, unwanted: impl Fn(&HeaderName) -> bool) {
    let mut doomed: Vec<HeaderName> =
        headers.keys().filter(|name| unwanted(name)).cloned().collect();
    // `Connection` may name more. What frames the message and whom it is for is not its to say.
    let named = connection_names(headers).filter_map(|name| HeaderName::from_bytes(name).ok());
    doomed.extend(named.filter(|name| *name != HOST && *name != CONTENT_LENGTH));
    for name in doomed {
        headers.remove(name);
    }
}

/// Lists what `Connection` names. One entry that is no name does not hide the others.
fn connection_names(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(CONNECTION).into_iter().map(HeaderValue::as_bytes);
    lines.flat_map(|line| line.split(|byte| *byte == b',').map(<[u8]>::trim_ascii))
}

fn is_of_one_connection(name: &str) -> bool {
    const OTHERS: [&str; 3] = ["keep-alive", "proxy-connection", "http2-settings"];
    [&CONNECTION, &TE, &TRAILER, &TRANSFER_ENCODING, &UPGRADE].iter().any(|known| *known == name)
        || OTHERS.contains(&name)
}

fn may_not_enter(name: &str) -> bool {
    let is_forged = match name.as_bytes()[0] {
        // The edge asks for bodies itself.
        b'e' => name == EXPECT,
        b'f' => name == "forwarded",
        b'x' => {
            const PREFIXES: [&str; 4] = ["x-forwarded-", "x-odoo-", "x-berth-", "x-original-"];
            const NAMES: [&str; 3] = ["x-real-ip", "x-rewrite-url", "x-forwarded"];
            NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        }
        // `Proxy` becomes `HTTP_PROXY` in CGI.
        b'p' => matches!(name, "proxy" | "proxy-authorization"),
        _ => false,
    };
    // WSGI knows `a_b` and `a-b` as one.
    is_forged || name.contains('_') || is_of_one_connection(name)
}

/// The tenant's own name with the port that the visitor used. The visitor's own spelling is taken
/// where it is the same, because copying it costs nothing.
fn host_value(host: &HostName, port: Option<u16>, sent: Option<&HeaderValue>) -> HeaderValue {
    match (port, sent) {
        (None, Some(sent)) if sent == host.as_str() => sent.clone(),
        (None, _) => HeaderValue::from_str(host.as_str()).expect("a host is a header value"),
        (Some(port), sent) => {
            let text = format!("{host}:{port}");
            match sent {
                Some(sent) if *sent == text => sent.clone(),
                _ => HeaderValue::try_from(text).expect("a host and a port are a header value"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
