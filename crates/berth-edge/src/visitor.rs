//! Who is on the other side, behind the proxies that we trust.
//!
//! # Invariants
//!
//! * What a header says counts only if the peer is a trusted proxy. The visitor is then the rightmost
//!   address that is not a trusted proxy: everything left of it was written by the visitor.

use std::net::{IpAddr, SocketAddr};

use berth_domain::IpRange;
use http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Who sent a request and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visitor {
    pub(crate) address: IpAddr,
    /// Whether the visitor's own connection was encrypted.
    pub(crate) https: bool,
}

/// Whether this peer may speak for others.
pub(crate) fn is_trusted(address: IpAddr, trusted: &[IpRange]) -> bool {
    trusted.iter().any(|range| range.contains(address))
}

/// Says who sent the request that came over the connection of `peer`.
pub(crate) fn identify(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> Visitor {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return Visitor { address: peer, https: false };
    }
    let mut address = peer;
    for entry in from_the_right(headers, &FORWARDED_FOR) {
        let Some(entry) = parse_address(entry) else { break };
        address = entry.to_canonical();
        if !is_trusted(address, trusted) {
            break;
        }
    }
    let proto = from_the_right(headers, &FORWARDED_PROTO).next();
    Visitor { address, https: proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) }
}

/// Lists the comma-separated entries of all lines of a header, the last one first.
fn from_the_right<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a str> + use<'a> {
    let lines: Vec<&str> =
        headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?")).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(',').map(str::trim))
}

fn parse_address(entry: &str) -> Option<IpAddr> {
    // Some proxies add the port.
    let with_port = || entry.parse::<SocketAddr>().map(|socket| socket.ip());
    entry.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn visitor(peer: &str, lines: &[(HeaderName, &str)]) -> (String, bool) {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let visitor = identify(peer.parse().unwrap(), &headers, &trusted);
        (visitor.address.to_string(), visitor.https)
    }

    #[test]
    fn a_stranger_is_believed_nothing() {
        let lines = [(FORWARDED_FOR, "198.51.100.7"), (FORWARDED_PROTO, "https")];

        assert_eq!(visitor("203.0.113.9", &lines), ("203.0.113.9".to_owned(), false));
    }

    #[test]
    fn behind_trusted_proxies_the_rightmost_stranger_is_the_visitor() {
        let cases = [
            ("198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("1.1.1.1, nonsense, 10.0.0.2", "10.0.0.2"),
            ("198.51.100.7:5123", "198.51.100.7"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("", "10.0.0.1"),
        ];
        for (line, expected) in cases {
            assert_eq!(visitor("10.0.0.1", &[(FORWARDED_FOR, line)]).0, expected, "{line}");
        }
    }

    #[test]
    fn several_lines_are_one_list_and_the_last_protocol_counts() {
        let lines = [
            (FORWARDED_FOR, "1.1.1.1"),
            (FORWARDED_FOR, "198.51.100.7, fd00::2"),
            (FORWARDED_PROTO, "http, HTTPS"),
        ];

        assert_eq!(visitor("::ffff:10.0.0.1", &lines), ("198.51.100.7".to_owned(), true));
    }
}
