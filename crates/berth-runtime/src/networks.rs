//! Networks of tenants.

use std::fmt;

use async_trait::async_trait;
use berth_domain::{ObjectName, subnet::Subnet};

use crate::{Labels, RuntimeError};

/// Makes and removes networks.
///
/// # Contract
///
/// * `ensure` is idempotent. A network of ours with that name but another subnet is replaced when
///   nothing is attached to it, else [`RuntimeError::Refused`].
/// * A network of that name that is not ours is [`RuntimeError::Foreign`].
/// * `remove` succeeds when there is no such network, and detaches our own stopped containers first.
/// * Containers of different networks cannot reach each other, whatever else is started and stopped.
#[async_trait]
pub trait Networks: Send + Sync + fmt::Debug {
    async fn ensure(&self, spec: &NetworkSpec) -> Result<(), RuntimeError>;

    async fn remove(&self, name: &ObjectName) -> Result<(), RuntimeError>;

    /// Reports a network as it is; it never repairs. `None`: there is none of that name.
    async fn observe(&self, name: &ObjectName) -> Result<Option<NetworkInfo>, RuntimeError>;

    /// Returns only our own.
    async fn list(&self) -> Result<Vec<NetworkInfo>, RuntimeError>;
}

/// What a network is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSpec {
    pub name: ObjectName,
    pub subnet: Subnet,
    pub labels: Labels,
}

/// A network as the engine reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkInfo {
    /// As the engine spells it.
    pub name: String,
    /// In CIDR notation, as the engine spells it.
    pub subnet: String,
    pub labels: Labels,
}
