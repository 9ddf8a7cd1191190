//! Doors seen from outside: what a visitor of a tenant would get, and what somebody at the console.

use std::fmt;

use async_trait::async_trait;
use berth_domain::{HostName, Timestamp};

/// Knocks at the edge the way a visitor does, with the header that lets Berth in while a route is
/// still being checked.
#[async_trait]
pub trait Door: Send + Sync + fmt::Debug {
    /// Asks for a path under a host and returns the HTTP status. An error means that the edge itself
    /// did not answer.
    async fn knock(&self, host: &HostName, path: &str) -> std::io::Result<u16>;
}

/// Comes to the console the way somebody with a browser does.
#[async_trait]
pub trait ConsoleDoor: Send + Sync + fmt::Debug {
    /// Looks at it. Takes seconds at most, whoever hangs.
    async fn look(&self) -> ConsoleSeen;
}

/// What somebody finds who comes to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleSeen {
    /// The HTTP status of its health page, or why nobody answered.
    pub answer: Result<u16, String>,
    /// The certificate that was shown, or why it cannot be read. `None`: none was.
    pub certificate: Option<Result<Certificate, String>>,
    /// Why the files of certificate and key could not be taken as they are now. `None`: they could, or
    /// there are none.
    pub unusable: Option<String>,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    /// Names of the console that it is not for.
    pub misses: Vec<HostName>,
}
