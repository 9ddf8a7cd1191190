//! Doors to tenants without an edge.

use async_trait::async_trait;
use berth_domain::HostName;
use berth_engine::Door;

/// Every tenant's login page answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenDoor;

#[async_trait]
impl Door for OpenDoor {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(200)
    }
}

/// No tenant is ready yet, whatever is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClosedDoor;

#[async_trait]
impl Door for ClosedDoor {
    async fn knock(&self, _: &HostName, _: &str) -> std::io::Result<u16> {
        Ok(503)
    }
}
