//! What is at work when something goes away.

use std::fmt;

use serde_json::{Value, json};

use super::Fault;

/// An operation of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Create,
    Import,
    Start,
    Stop,
    Restart,
    Set,
    Delete,
}

/// How a tenant must be before something is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Absent,
    Running,
    Stopped,
}

impl Change {
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::Import,
        Self::Start,
        Self::Stop,
        Self::Restart,
        Self::Set,
        Self::Delete,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Import => "import",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Set => "set",
            Self::Delete => "delete",
        }
    }

    pub(super) const fn before(self) -> Before {
        match self {
            Self::Create | Self::Import => Before::Absent,
            Self::Start => Before::Stopped,
            Self::Stop | Self::Restart | Self::Set | Self::Delete => Before::Running,
        }
    }

    /// The request that begins it. `upload` is what is imported, and `round` differs from time to time, so
    /// that setting sets something.
    pub(super) fn request(
        self,
        tenant: &str,
        upload: &str,
        round: u32,
    ) -> (&'static str, String, Value) {
        let of = |end: &str| format!("tenants/{tenant}{end}");
        match self {
            Self::Create => ("POST", "tenants".to_owned(), json!({ "name": tenant })),
            Self::Import => {
                ("POST", "imports".to_owned(), json!({ "upload": upload, "name": tenant }))
            }
            Self::Start => ("POST", of("/start"), Value::Null),
            Self::Stop => ("POST", of("/stop"), Value::Null),
            Self::Restart => ("POST", of("/restart"), Value::Null),
            Self::Set => ("PATCH", of(""), json!({ "pids": 200 + round % 50 })),
            Self::Delete => ("DELETE", of(""), Value::Null),
        }
    }

    /// The step in which the fault tells most: what has begun then needs what goes away.
    pub(super) const fn telling_step(self, fault: Fault) -> &'static str {
        match (self, fault) {
            (Self::Create | Self::Import, Fault::PostgresKilled | Fault::HomeFull) => "database",
            (Self::Start | Self::Restart | Self::Set, Fault::PostgresKilled) => "check",
            (Self::Set, Fault::HomeFull) => "apply",
            (Self::Stop | Self::Delete, Fault::HomeFull) => "route",
            (Self::Restart, _) => "stop",
            _ => "container",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
