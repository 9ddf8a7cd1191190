//! Who is at the other end, behind the proxies that are trusted.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use berth_domain::IpRange;
use http::{HeaderMap, HeaderName, header};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Of so many proxies that nobody named it is said that nobody named them.
const SAID: usize = 8;

/// Proxies that nobody named, and that was said of already.
#[derive(Debug, Default)]
pub(super) struct Unnamed(Mutex<BTreeSet<IpAddr>>);

impl Unnamed {
    /// Whether a request comes from a proxy that nobody named and of which that was not said yet: from this
    /// host or its network, by somebody who forwards it. What comes from elsewhere may say what it likes.
    pub(super) fn is_news(&self, peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> bool {
        let peer = peer.to_canonical();
        let is_forwarded =
            headers.contains_key(FORWARDED_FOR) || headers.contains_key(header::FORWARDED);
        if !is_forwarded || !is_near(peer) || is_trusted(peer, trusted) {
            return false;
        }
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.len() < SAID && said.insert(peer)
    }
}

/// Whether an address is of this host or of a network that is nobody else's (RFC 1918, 3927, 4193, 4291,
/// 6598).
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            address.is_loopback() || address.is_private() || address.is_link_local() || is_shared
        }
        IpAddr::V6(address) => {
            address == Ipv6Addr::LOCALHOST
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

pub(super) fn is_trusted(address: IpAddr, trusted: &[IpRange]) -> bool {
    trusted.iter().any(|range| range.contains(address))
}

/// Returns the address that a request came from. Without a trusted proxy it is the peer's; behind one
/// it is the rightmost address that is no trusted proxy, because everything left of that was written by
/// whoever is there.
pub(super) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpRange]) -> IpAddr {
    let mut address = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or("?")).collect();
    let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(',').map(str::trim));
    while is_trusted(address, trusted) {
        let Some(next) = entries.next().and_then(parsed) else { break };
        address = next.to_canonical();
    }
    address
}

/// Some proxies add the port.
fn parsed(entry: &str) -> Option<IpAddr> {
    entry.parse().or_else(|_| entry.parse::<SocketAddr>().map(|address| address.ip())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_proxy_that_nobody_named_is_said_once_and_no_more_than_a_few_are() {
        let unnamed = Unnamed::default();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let is_news = |peer: &str, name: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::try_from(name).unwrap(), "for=192.0.2.1".parse().unwrap());
            unnamed.is_news(peer.parse().unwrap(), &headers, &trusted)
        };

        for quiet in ["10.0.0.1", "203.0.113.9", "2001:db8::1", "::ffff:10.0.0.1"] {
            assert!(!is_news(quiet, "x-forwarded-for"), "{quiet}");
        }
        assert!(!is_news("127.0.0.1", "x-request-id"), "nothing was forwarded");
        for (proxy, name) in [
            ("127.0.0.1", "x-forwarded-for"),
            ("::1", "forwarded"),
            ("192.168.1.7", "forwarded"),
            ("fd00::7", "x-forwarded-for"),
            ("100.64.0.1", "x-forwarded-for"),
        ] {
            assert!(is_news(proxy, name), "{proxy}");
            assert!(!is_news(proxy, name), "{proxy} again");
        }
        assert!(!is_news("::ffff:127.0.0.1", "forwarded"), "the same, written otherwise");
        let others = (0..=255).filter(|n| is_news(&format!("172.16.0.{n}"), "forwarded")).count();
        assert_eq!(others, SAID - 5);
    }

    #[test]
    fn a_stranger_is_believed_nothing() {
        assert_eq!(from("203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_the_rightmost_stranger_is_who_asks() {
        for (lines, expected) in [
            (&["198.51.100.7"][..], "198.51.100.7"),
            (&["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
            (&["1.1.1.1", "198.51.100.7, fd00::2"], "198.51.100.7"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["1.1.1.1, nonsense, 10.0.0.2"], "10.0.0.2"),
            (&["198.51.100.7:5123"], "198.51.100.7"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(from("::ffff:10.0.0.1", lines), expected, "{lines:?}");
        }
    }
}
