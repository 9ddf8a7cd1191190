//! Certificates for tests. `tls/README` says how they were made.

/// Who signed them, in PEM.
pub const AUTHORITY: &str = include_str!("../tls/authority.pem");

/// A certificate for `berth.test`, `localhost` and 127.0.0.1, and its key, in PEM.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub certificate: &'static str,
    pub key: &'static str,
}

/// Returns the certificate `one` or `two`.
///
/// # Panics
///
/// When there is no such certificate.
#[must_use]
pub fn pair(name: &str) -> Pair {
    match name {
        "one" => Pair {
            certificate: include_str!("../tls/one.pem"),
            key: include_str!("../tls/one.key"),
        },
        "two" => Pair {
            certificate: include_str!("../tls/two.pem"),
            key: include_str!("../tls/two.key"),
        },
        other => panic!("there is no certificate `{other}`"),
    }
}
