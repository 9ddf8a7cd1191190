//! Whom a request is addressed to.
//!
//! # Invariants
//!
//! * There is exactly one `Host`, and a target in absolute form names the same host and port
//!   (RFC 9112 section 3.2; the RFC would let the target win, two opinions are refused here).

use berth_domain::HostName;
use http::header::HOST;
use http::{HeaderMap, Method, Uri};

/// The host and port that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) host: HostName,
    /// As the visitor wrote it. `None` when it is the scheme's own.
    pub(crate) port: Option<u16>,
}

/// Reads whom the request is addressed to. `None` means that it does not say so unmistakably.
///
/// `CONNECT` has no addressee here, whatever its target looks like: it asks for a tunnel, and who reads
/// it as a request loses count of the bytes behind it.
pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Target> {
    if method == Method::CONNECT {
        return None;
    }
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return None };
    let target = parse(host.to_str().ok()?)?;
    match (uri.scheme_str(), uri.authority()) {
        (None, None) if uri.path().starts_with('/') => Some(target),
        (Some(scheme @ ("http" | "https")), Some(authority)) => {
            let own = if scheme == "http" { 80 } else { 443 };
            let named = parse(authority.as_str())?;
            let same = named.host == target.host
                && named.port.unwrap_or(own) == target.port.unwrap_or(own);
            same.then_some(target)
        }
        // `OPTIONS *`, a bare `host:port` and schemes that nobody here speaks.
        _ => None,
    }
}

fn parse(text: &str) -> Option<Target> {
    let (host, port) = match text.split_once(':') {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (text, None),
    };
    Some(Target { host: host.parse().ok()?, port })
}

fn parse_port(text: &str) -> Option<u16> {
    // `u16::from_str` takes a sign, RFC 3986 section 3.2.3 does not.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn target(uri: &str, hosts: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        let target = read(&Method::GET, &uri.parse().unwrap(), &headers)?;
        Some(match target.port {
            Some(port) => format!("{}:{port}", target.host),
            None => target.host.to_string(),
        })
    }

    #[test]
    fn one_host_is_read_with_its_port() {
        let cases = [
            ("acme.localhost", "acme.localhost"),
            ("ACME.LocalHost.:8069", "acme.localhost:8069"),
            ("acme.localhost:", "acme.localhost"),
        ];
        for (host, expected) in cases {
            assert_eq!(target("/web", &[host]).as_deref(), Some(expected));
        }
    }

    #[test]
    fn no_host_two_hosts_and_crooked_hosts_are_refused() {
        assert_eq!(target("/", &[]), None);
        assert_eq!(target("/", &["a.b", "a.b"]), None);
        for host in
            ["", "a b", "a.b, c.d", "u@a.b", "a.b:+80", "a.b:x", "a.b:80:80", "a.b:99999", "[::1]"]
        {
            assert_eq!(target("/", &[host]), None, "{host}");
        }
    }

    #[test]
    fn a_tunnel_is_for_nobody_whatever_its_target_looks_like() {
        let mut headers = HeaderMap::new();
        headers.append(HOST, HeaderValue::from_static("a.b"));
        for uri in ["/", "http://a.b/", "a.b:80"] {
            assert_eq!(read(&Method::CONNECT, &uri.parse().unwrap(), &headers), None, "{uri}");
        }
    }

    #[test]
    fn an_absolute_target_agrees_with_the_host() {
        assert_eq!(target("http://a.b/x", &["a.b"]).as_deref(), Some("a.b"));
        assert_eq!(target("http://A.b:80/x", &["a.b"]).as_deref(), Some("a.b"));
        assert_eq!(target("https://a.b/x", &["a.b:443"]).as_deref(), Some("a.b:443"));
        for uri in ["http://c.d/x", "http://a.b:81/x", "ftp://a.b/", "*", "a.b:80"] {
            assert_eq!(target(uri, &["a.b"]), None, "{uri}");
        }
    }

    proptest! {
        /// What a person would do by hand: cut at the colon, small letters, drop one dot.
        #[test]
        fn every_accepted_host_is_the_one_a_naive_reader_sees(
            text in "[a-cA-C0-9.:\\-_ @]{0,16}"
        ) {
            if let Some(found) = parse(&text) {
                let (host, port) = text.split_once(':').unwrap_or((&text, ""));
                let host = host.to_ascii_lowercase();
                let host = host.strip_suffix('.').unwrap_or(&host);
                prop_assert_eq!(found.host.as_str(), host);
                prop_assert_eq!(found.port, port.parse().ok());
            }
        }
    }
}
