//! How a use case can fail, in the words of whoever asked.

use berth_domain::{IllegalTransition, OperationId, Problems, Timestamp};
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

    /// Whose it would be.
    #[error("{0} has no quota of its own")]
    NoSuchQuota(String),

    /// Of a tenant that was adopted.
    #[error("nobody here knows the administrator's password of `{0}`")]
    NoPassword(String),

    #[error("there is no operation `{0}`")]
    NoSuchOperation(String),

    #[error("{message}")]
    NameTaken { message: String, hint: String },

    #[error("only an operator may close `{tenant}` or open it again")]
    OperatorOnly { tenant: String },

    #[error("`{tenant}` expired on {at}")]
    Expired { tenant: String, at: Timestamp },

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
    /// Somebody else may.
    Forbidden,
    /// May pass by itself.
    Unavailable,
    Internal,
}

impl EngineError {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invalid(_) => Kind::Invalid,
            Self::NoSuchOrganisation(_)
            | Self::NoSuchTenant(_)
            | Self::NoSuchQuota(_)
            | Self::NoPassword(_)
            | Self::NoSuchOperation(_) => Kind::NotFound,
            Self::OperatorOnly { .. } => Kind::Forbidden,
            Self::NameTaken { .. }
            | Self::Expired { .. }
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
            Self::NoSuchQuota(_) => Some("list them with `berth quota list`".to_owned()),
            Self::NoPassword(tenant) => Some(format!(
                "set one with `berth tenant password reset {tenant}` while its database is open"
            )),
            Self::NameTaken { hint, .. } => Some(hint.clone()),
            Self::Expired { tenant, .. } => Some(format!(
                "give it more time first with `berth tenant set {tenant} --expires 30d`, or `never`"
            )),
            Self::Busy { operation, .. } => {
                Some(format!("follow it with `berth operation watch {operation}`"))
            }
            Self::NotRunning { tenant, state } => {
                way_out(tenant, state).or_else(|| way_out(tenant, "stopped"))
            }
            Self::Illegal { tenant, source } => way_out(tenant, source.state),
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
            | Self::OperatorOnly { .. }
            | Self::NotNow { .. }
            | Self::Store(_)
            | Self::Io { .. } => None,
        }
    }
}

/// How a tenant leaves a state in which little can be done to it.
fn way_out(tenant: &str, state: &str) -> Option<String> {
    let (what, command) = match state {
        "stopped" => ("start it", "start"),
        "suspended" | "broken and suspended" => ("an operator resumes it", "resume"),
        "archived" => ("bring it back", "unarchive"),
        "deleted" => ("bring it back", "restore-deleted"),
        _ => return None,
    };
    Some(format!("{what} with `berth tenant {command} {tenant}`"))
}

impl From<StoreError> for EngineError {
    fn from(source: StoreError) -> Self {
        Self::Store(source)
    }
}
