//! How a use case can fail, in the words of whoever asked.

mod foreign;
mod hint;
mod people;

use berth_domain::access::Right;
use berth_domain::{Bytes, IllegalTransition, OperationId, Problems, Timestamp, UploadId};
use berth_identity::NoRandomness;
use berth_identity::password::NotJudged;
use berth_runtime::RuntimeError;
use berth_store::{StoreError, idempotency};

pub use foreign::ForeignError;
pub use people::PeopleError;

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

    #[error("no schedule is called `{0}`")]
    NoSuchSchedule(String),

    #[error("no webhook is called `{0}`")]
    NoSuchWebhook(String),

    #[error("there is no message `{0}` to it")]
    NoSuchMessage(String),

    /// A message that is sent while somebody waits did not arrive.
    #[error("the message did not arrive: {0}")]
    NotDelivered(String),

    /// A schedule cannot be run now.
    #[error("`{schedule}` cannot be run now: {why}")]
    NoRun { schedule: String, why: String },

    #[error("there is no operation `{0}`")]
    NoSuchOperation(String),

    #[error("there is no upload `{0}`")]
    NoSuchUpload(String),

    /// Somebody else set it: the tenant came with a backup, or was adopted.
    #[error(
        "Berth does not know the administrator's password of `{tenant}`: it came with its database"
    )]
    NoPassword { tenant: String },

    /// Its users were made elsewhere, and `base.user_admin` is none of them.
    #[error("the database of `{tenant}` has no user that Odoo knows as its administrator")]
    NoAdministrator { tenant: String },

    #[error("`{tenant}` cannot be opened as its administrator: {why}")]
    NoSession { tenant: String, why: String },

    #[error("`{upload}` is in use: {operation} imports it")]
    UploadInUse { upload: UploadId, operation: OperationId },

    /// Another process carried the same request out, just now.
    #[error("this was asked for with the same key, and done, a moment ago")]
    Repeated,

    /// The process that carried the request out ended before it could say so.
    #[error("this was asked for before and done; what was answered is lost")]
    AnswerLost,

    /// What is sent is longer than it may be.
    #[error("{message}")]
    TooLarge { message: String, hint: &'static str },

    /// What was sent ended before its end.
    #[error("what was sent broke off after {received}, and is thrown away")]
    BrokeOff {
        received: Bytes,
        #[source]
        source: std::io::Error,
    },

    #[error("{message}")]
    NameTaken { message: String, hint: String },

    /// Somebody knew it as something else.
    #[error("`{tenant}` was changed meanwhile")]
    Changed { tenant: String },

    /// Somebody knew it as something else.
    #[error("organisation `{0}` was changed meanwhile")]
    OrganisationChanged(String),

    /// It is not to be removed, or not yet.
    #[error("organisation `{name}` cannot be deleted: {why}")]
    OrganisationStays { name: String, why: String },

    #[error("you have no right to do this: it takes `{}`", .0.as_str())]
    NoRight(Right),

    #[error("there is no token `{0}`")]
    NoSuchToken(String),

    /// About people, their accounts and what proves who they are.
    #[error(transparent)]
    People(PeopleError),

    /// Somebody who comes from a foreign provider is not let in.
    #[error(transparent)]
    Foreign(#[from] ForeignError),

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
    /// It did not arrive whole.
    Unreadable,
    TooLarge,
    NotFound,
    Conflict,
    /// It is not any more what the caller knew.
    Changed,
    /// It was done, by the same request before, and nobody knows any more what was answered.
    Done,
    /// Nobody knows who it is.
    Stranger,
    /// It is known who it is but for one code.
    HalfKnown,
    /// Somebody guesses too fast.
    TooMany,
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
            | Self::NoSuchOperation(_)
            | Self::NoSuchUpload(_)
            | Self::NoSuchSchedule(_)
            | Self::NoSuchWebhook(_)
            | Self::NoSuchMessage(_)
            | Self::NoSuchToken(_)
            | Self::NoPassword { .. } => Kind::NotFound,
            Self::Foreign(error) => error.kind(),
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::BrokeOff { .. } => Kind::Unreadable,
            Self::Changed { .. } | Self::OrganisationChanged(_) => Kind::Changed,
            Self::Repeated | Self::AnswerLost => Kind::Done,
            Self::People(source) => source.kind(),
            Self::OperatorOnly { .. } | Self::NoRight(_) => Kind::Forbidden,
            Self::NameTaken { .. }
            | Self::NoAdministrator { .. }
            | Self::NoSession { .. }
            | Self::UploadInUse { .. }
            | Self::OrganisationStays { .. }
            | Self::Expired { .. }
            | Self::Busy { .. }
            | Self::Illegal { .. }
            | Self::NotNow { .. }
            | Self::NoRun { .. }
            | Self::NotDelivered(_)
            | Self::NotRunning { .. } => Kind::Conflict,
            Self::Runtime(source) if source.may_pass() => Kind::Unavailable,
            Self::Store(source) if source.may_pass() => Kind::Unavailable,
            Self::Postgres(_) | Self::NoCluster(_) | Self::Unavailable(_) => Kind::Unavailable,
            Self::Runtime(_) | Self::Store(_) | Self::Failed(_) | Self::Io { .. } => Kind::Internal,
        }
    }
}

impl From<PeopleError> for EngineError {
    fn from(source: PeopleError) -> Self {
        Self::People(source)
    }
}

impl From<NoRandomness> for EngineError {
    fn from(error: NoRandomness) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<NotJudged> for EngineError {
    fn from(error: NotJudged) -> Self {
        match error {
            NotJudged::Busy => Self::Unavailable(error.to_string()),
            NotJudged::Failed(source) => Self::Failed(source.to_string()),
            NotJudged::GivenUp => Self::Failed(error.to_string()),
        }
    }
}

impl From<StoreError> for EngineError {
    fn from(source: StoreError) -> Self {
        match source {
            StoreError::Taken { what: idempotency::KEY } => Self::Repeated,
            source => Self::Store(source),
        }
    }
}
