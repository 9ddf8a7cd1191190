//! Doors to tenants without an edge, and to a console without a listener.

use async_trait::async_trait;
use berth_domain::HostName;
use berth_engine::{ConsoleDoor, ConsoleSeen, Door};

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

/// A console at which this is found.
#[derive(Debug, Clone)]
pub struct SeenConsole(pub ConsoleSeen);

#[async_trait]
impl ConsoleDoor for SeenConsole {
    async fn look(&self) -> ConsoleSeen {
        self.0.clone()
    }
}
