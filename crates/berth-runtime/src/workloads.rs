//! Containers: made, started, stopped, removed, looked at.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::{Digest, Generation, Limits, OperationId, TenantId, Timestamp};

use crate::{LogLine, Role, RuntimeError, WorkloadName, WorkloadSpec};

/// Runs containers.
///
/// # Contract
///
/// * `ensure` is idempotent: called twice with equal arguments it does nothing the second time.
///   A container that differs from the specification is replaced (it is stopped first).
/// * `ensure` with a generation lower than that of the container that is there returns
///   [`RuntimeError::Stale`] and changes nothing.
/// * `start`, `stop` and `remove` succeed when what they promise is already so; `stop` and `remove`
///   also when there is no container.
/// * `stop` and `remove` return after the container is observed to be stopped or gone.
/// * Anything done to a container of that name that is not ours returns [`RuntimeError::Foreign`].
/// * `observe` and `list` report, they never repair. `list` returns only our own.
#[async_trait]
pub trait Workloads: Send + Sync + fmt::Debug {
    /// Makes sure that the container exists as specified, without starting it.
    async fn ensure(&self, spec: &WorkloadSpec) -> Result<(), RuntimeError>;

    async fn start(&self, name: &WorkloadName) -> Result<(), RuntimeError>;

    /// Stops politely, and by force after the grace period of the specification.
    async fn stop(&self, name: &WorkloadName) -> Result<(), RuntimeError>;

    /// Stops by force and removes.
    async fn remove(&self, name: &WorkloadName) -> Result<(), RuntimeError>;

    /// `None`: there is no container of that name.
    async fn observe(&self, name: &WorkloadName) -> Result<Option<ObservedWorkload>, RuntimeError>;

    async fn list(&self) -> Result<Vec<ObservedWorkload>, RuntimeError>;

    /// Runs a container of role [`Role::Job`] to its end, handing every line of output to `output`,
    /// then removes it. A leftover of the same name is removed first. When the future is dropped or
    /// `deadline` passes the container is removed too (on drop: by the next run or clean-up).
    async fn run(
        &self,
        spec: &WorkloadSpec,
        deadline: Duration,
        output: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<Exit, RuntimeError>;
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exit {
    /// 0 is success.
    pub code: i64,
    /// The kernel ended it because the memory limit was reached. Some engines never tell: see
    /// [`EngineInfo::tells_out_of_memory`](crate::EngineInfo::tells_out_of_memory).
    pub out_of_memory: bool,
}

/// What a container is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservedState {
    /// It was made and never started.
    Created,
    Running,
    Exited(Exit),
}

/// Where a port of a container is reached from Berth's own process. Opaque: on one engine the
/// container's address, on another a published port of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Endpoint(SocketAddr);

impl Endpoint {
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self(address)
    }

    /// The address to dial.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.0
    }
}

/// A container as the engine reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedWorkload {
    /// As the engine spells it; equals a [`WorkloadName`]'s text for our own.
    pub name: String,
    pub role: Role,
    pub state: ObservedState,
    /// When it was started last. `None` when it never was, or the engine does not say.
    pub started_at: Option<Timestamp>,
    pub image: Digest,
    pub tenant: Option<TenantId>,
    pub operation: Option<OperationId>,
    pub generation: Generation,
    /// As in force in the engine. `None` when the engine reports no limit for one of them.
    pub limits: Option<Limits>,
    /// By container port; those of a running workload on a network, for ports 8069 and 8072.
    pub endpoints: BTreeMap<u16, Endpoint>,
}
