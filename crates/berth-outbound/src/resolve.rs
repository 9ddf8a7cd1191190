//! The addresses of names.

use std::io;
use std::net::SocketAddr;

use async_trait::async_trait;

/// Knows the addresses of names. Asked once per request: what it said is what is connected to.
#[async_trait]
pub trait Resolve: std::fmt::Debug + Send + Sync {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the host.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}
