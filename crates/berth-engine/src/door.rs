//! The tenant's door, seen from outside: what a visitor would get.

use std::fmt;

use async_trait::async_trait;
use berth_domain::HostName;

/// Knocks at the edge the way a visitor does, with the header that lets Berth in while a route is
/// still being checked.
#[async_trait]
pub trait Door: Send + Sync + fmt::Debug {
    /// Asks for a path under a host and returns the HTTP status. An error means that the edge itself
    /// did not answer.
    async fn knock(&self, host: &HostName, path: &str) -> std::io::Result<u16>;
}
