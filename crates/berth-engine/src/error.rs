//! How a use case can fail, in the words of whoever asked.

use berth_domain::{IllegalTransition, OperationId, Problems};
use berth_runtime::RuntimeError;
use berth_store::StoreError;

/// A refused or failed use case.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Everything that is wrong with the request, at once.
    #[error("{0}")]
    Invalid(Problems),

    #[error("no organisation is called `{0}`")]
    NoSuchOrganisation(String),

    #[error("no tenant is called `{0}`")]
    NoSuchTenant(String),

    #[error("there is no operation `{0}`")]
    NoSuchOperation(String),

    #[error("a tenant called `{0}` already exists")]
    NameTaken(String),

    #[error("`{tenant}` is busy: {kind} ({operation}) is at work on it")]
    Busy { tenant: String, kind: String, operation: OperationId },

    #[error("cannot do that to `{tenant}` now")]
    Illegal {
        tenant: String,
        #[source]
        source: IllegalTransition,
    },

    /// A request about an operation that its state does not allow.
    #[error("{operation} cannot be {action}: {why}")]
    NotNow { operation: OperationId, action: &'static str, why: String },

    #[error("cannot do this while `{tenant}` is {state}")]
    NotRunning { tenant: String, state: &'static str },

    #[error("cannot reach the tenant's containers")]
    Runtime(#[source] RuntimeError),

    #[error("cannot read or write the control database")]
    Store(#[source] StoreError),

    #[error("cannot reach the tenant's database")]
    Postgres(#[source] berth_postgres::PostgresError),

    #[error("the PostgreSQL server is not available: {0}")]
    NoCluster(String),

    /// Something that Berth stands on does not work now.
    #[error("{0}")]
    Unavailable(String),

    /// Something that Berth stands on does not work, and will not by itself.
    #[error("{0}")]
    Failed(String),

    #[error("{what}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },
}

/// What the error means to a caller that is not a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Invalid,
    NotFound,
    Conflict,
    /// May pass by itself.
    Unavailable,
    Internal,
}

impl EngineError {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchOrganisation(_) | Self::NoSuchTenant(_) | Self::NoSuchOperation(_) => {
                Kind::NotFound
            }
            Self::NameTaken(_)
            | Self::Busy { .. }
            | Self::Illegal { .. }
            | Self::NotNow { .. }
            | Self::NotRunning { .. } => Kind::Conflict,
            Self::Runtime(source) if source.may_pass() => Kind::Unavailable,
            Self::Postgres(_)
            | Self::NoCluster(_)
            | Self::Unavailable(_)
            | Self::Store(StoreError::Full(_)) => Kind::Unavailable,
            Self::Runtime(_) | Self::Store(_) | Self::Failed(_) | Self::Io { .. } => Kind::Internal,
        }
    }

    /// What can be done about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchTenant(_) => Some("list them with `berth tenant list`".to_owned()),
            Self::NoSuchOperation(_) => Some("list them with `berth operation list`".to_owned()),
            Self::NoSuchOrganisation(_) => Some("the first organisation is `default`".to_owned()),
            Self::NameTaken(name) => {
                Some(format!("choose another name, or look at it with `berth tenant show {name}`"))
            }
            Self::Busy { operation, .. } => {
                Some(format!("follow it with `berth operation watch {operation}`"))
            }
            Self::NotRunning { tenant, .. } => {
                Some(format!("start it with `berth tenant start {tenant}`"))
            }
            Self::Runtime(_)
            | Self::Postgres(_)
            | Self::NoCluster(_)
            | Self::Unavailable(_)
            | Self::Failed(_) => {
                Some("check the engine and the database with `berth doctor`".to_owned())
            }
            Self::Store(StoreError::Full(_)) => {
                Some("free some disk space: what waits goes on by itself".to_owned())
            }
            Self::Invalid(_)
            | Self::Illegal { .. }
            | Self::NotNow { .. }
            | Self::Store(_)
            | Self::Io { .. } => None,
        }
    }
}

impl From<StoreError> for EngineError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}
