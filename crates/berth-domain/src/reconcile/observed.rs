//! What was observed of one tenant, as a plain value.

use crate::{Digest, Generation, Limits, OperationId};

/// Everything that belongs to one tenant, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    pub container: Container,
    pub network: Network,
    pub server: Server,
    pub files: Files,
    pub conf: Conf,
    /// `None`: the edge does not know its host.
    pub route: Option<RouteFacts>,
}

/// A container under the tenant's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Container {
    Missing,
    /// Somebody else has one of that name.
    Foreign,
    There(ContainerFacts),
}

/// What is known of a container of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerFacts {
    pub state: ContainerState,
    pub image: Digest,
    pub generation: Generation,
    /// As in force. `None`: one of them is not limited.
    pub limits: Option<Limits>,
    /// Whether it is reached. Only meaningful while it runs.
    pub is_connected: bool,
    /// The operation that made it, by its label.
    pub operation: Option<OperationId>,
}

/// What a container is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContainerState {
    /// Made and never started.
    Created,
    Running,
    Exited {
        code: i64,
        /// The kernel ended it because it reached its memory limit.
        out_of_memory: bool,
    },
}

/// A network under the tenant's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    Missing,
    /// Somebody else has one of that name.
    Foreign,
    There {
        /// In CIDR notation.
        subnet: String,
    },
}

/// What the PostgreSQL server has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Server {
    /// It does not answer, for this reason.
    Silent(String),
    Seen {
        database: Database,
        /// `None`: there is no role of its name.
        role: Option<RoleFacts>,
    },
}

/// A database under the tenant's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    Missing,
    /// A `DROP DATABASE` was cut off: nothing of it can be read any more.
    HalfDropped,
    There(DatabaseFacts),
}

/// What is known of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseFacts {
    pub is_open: bool,
    /// Whether it belongs to the role of its own name.
    pub is_owned: bool,
}

/// What is known of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleFacts {
    pub can_login: bool,
    /// -1: no limit.
    pub connection_limit: i32,
}

/// The tenant's data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Files {
    Missing,
    /// It is there, and nothing says whose it is.
    Unmarked,
    /// Its marker names another tenant.
    OfAnother,
    Marked,
}

/// `odoo.conf` and what lies beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conf {
    Missing,
    /// It is not what Berth wrote.
    Altered,
    AsWritten,
    /// It could not be judged now, because what it is compared with is not there.
    Unknown,
}

/// What the edge knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteFacts {
    /// `None`: it is on its way to one.
    pub goal: Option<RouteGoal>,
    /// Whether host and name are the tenant's, and an open route leads to its container.
    pub is_right: bool,
}

/// What visitors get when a route is at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouteGoal {
    Open,
    Stopped,
    Suspended,
    Failed,
}

impl Container {
    #[must_use]
    pub const fn is_running(&self) -> bool {
        matches!(self, Self::There(ContainerFacts { state: ContainerState::Running, .. }))
    }
}
