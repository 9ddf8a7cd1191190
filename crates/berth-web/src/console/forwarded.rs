//! Who is at the other end, behind the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use berth_domain::IpRange;
use http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

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
