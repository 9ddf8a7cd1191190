//! How a use case can fail, in the words of whoever asked.

use std::time::Duration;

use berth_domain::access::{NotToAppoint, NotToGive, Right};
use berth_domain::{Bytes, IllegalTransition, OperationId, Problems, Timestamp, UploadId};
use berth_identity::NoRandomness;
use berth_identity::password::NotJudged;
use berth_runtime::RuntimeError;
use berth_store::{StoreError, idempotency};

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

    #[error("you have no right to do this: it takes `{}`", .0.as_str())]
    NoRight(Right),

    /// Somebody wants to give what they may not.
    #[error("{0}")]
    NotToGive(NotToGive),

    #[error("there is no token `{0}`")]
    NoSuchToken(String),

    /// Whoever signs in is not told which of the three it was, nor whether there is such an account.
    #[error("the e-mail address, the password or the code is not right")]
    NotLetIn,

    /// The password is right.
    #[error("the account has a second factor: its code is missing")]
    SecondFactor,

    #[error("too many attempts: try again in {} s", .0.as_millis().div_ceil(1000).max(1))]
    Wait(Duration),

    #[error("the code is not good: it was used, it was revoked, or its time is over")]
    BadCode,

    #[error("this installation is claimed already")]
    Claimed,

    #[error("only whoever is on the host may do this")]
    LocalOnly,

    #[error(
        "there is an account for this address already: sign in, and accept the invitation then"
    )]
    SignInFirst,

    #[error("{0}")]
    NotToAppoint(NotToAppoint),

    /// Nobody would be left who may do what they may.
    #[error("`{person}` is the last {what} who may sign in")]
    LastOne { person: String, what: &'static str },

    #[error("`{person}` is {what} already")]
    IsAlready { person: String, what: String },

    #[error("`{person}` has no second factor, and {what}")]
    NoFactor { person: String, what: &'static str },

    #[error("nobody here is called `{0}`")]
    NoSuchPerson(String),

    #[error("there is no invitation `{0}`")]
    NoSuchInvitation(String),

    #[error("there is no session `{0}`")]
    NoSuchSession(String),

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
            | Self::NoSuchPerson(_)
            | Self::NoSuchInvitation(_)
            | Self::NoSuchSession(_)
            | Self::NoPassword { .. } => Kind::NotFound,
            Self::TooLarge { .. } => Kind::TooLarge,
            Self::BrokeOff { .. } => Kind::Unreadable,
            Self::Changed { .. } => Kind::Changed,
            Self::NotLetIn | Self::BadCode => Kind::Stranger,
            Self::SecondFactor => Kind::HalfKnown,
            Self::Wait(_) => Kind::TooMany,
            Self::OperatorOnly { .. }
            | Self::NoRight(_)
            | Self::NotToGive(_)
            | Self::NotToAppoint(_)
            | Self::LocalOnly => Kind::Forbidden,
            Self::NameTaken { .. }
            | Self::NoAdministrator { .. }
            | Self::Claimed
            | Self::SignInFirst
            | Self::LastOne { .. }
            | Self::IsAlready { .. }
            | Self::NoFactor { .. }
            | Self::UploadInUse { .. }
            | Self::Expired { .. }
            | Self::Busy { .. }
            | Self::Illegal { .. }
            | Self::NotNow { .. }
            | Self::NoRun { .. }
            | Self::NotDelivered(_)
            | Self::Repeated
            | Self::AnswerLost
            | Self::NotRunning { .. } => Kind::Conflict,
            Self::Runtime(source) if source.may_pass() => Kind::Unavailable,
            Self::Postgres(_)
            | Self::NoCluster(_)
            | Self::Unavailable(_)
            | Self::Store(StoreError::Full(_)) => Kind::Unavailable,
            Self::Runtime(_) | Self::Store(_) | Self::Failed(_) | Self::Io { .. } => Kind::Internal,
        }
    }

    /// Where those are listed that there are, when one is meant that there is not.
    const fn list(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoSuchTenant(_) => "list them with `berth tenant list`",
            Self::NoSuchOperation(_) => "list them with `berth operation list`",
            Self::NoSuchUpload(_) => {
                "list them with `berth upload list`; one that nobody imports is removed after `uploads.keep_hours`"
            }
            Self::NoSuchOrganisation(_) => "the first organisation is `default`",
            Self::NoSuchQuota(_) => "list them with `berth quota list`",
            Self::NoSuchSchedule(_) => "list them with `berth schedule list`",
            Self::NoSuchWebhook(_) => "list them with `berth webhook list`",
            Self::NoSuchMessage(_) => "list them with `berth webhook deliveries NAME`",
            Self::NoSuchToken(_) => "list them with `berth token list`",
            Self::NoSuchPerson(_) => "list them with `berth person list`",
            _ => return None,
        })
    }

    /// What can be done about it, if anything.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each way to fail, and no decision")]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchTenant(_)
            | Self::NoSuchOperation(_)
            | Self::NoSuchUpload(_)
            | Self::NoSuchOrganisation(_)
            | Self::NoSuchQuota(_)
            | Self::NoSuchSchedule(_)
            | Self::NoSuchWebhook(_)
            | Self::NoSuchMessage(_)
            | Self::NoSuchToken(_)
            | Self::NoSuchPerson(_) => self.list().map(str::to_owned),
            Self::NoPassword { tenant } => Some(format!(
                "sign in with the one it had, or set another with `berth tenant password reset {tenant}`"
            )),
            Self::NoAdministrator { tenant } => Some(format!(
                "set a user's password in Odoo's own shell: `berth tenant shell {tenant}`"
            )),
            Self::UploadInUse { operation, .. } => {
                Some(format!("follow it with `berth operation watch {operation}`"))
            }
            Self::TooLarge { hint, .. } => Some((*hint).to_owned()),
            Self::Repeated => Some("ask again with the same key for what was answered".to_owned()),
            Self::AnswerLost => Some("look at what came of it; the audit has it".to_owned()),
            Self::BadCode => Some("ask whoever gave it to you for another one".to_owned()),
            Self::Claimed => Some("sign in, or ask an operator to invite you".to_owned()),
            Self::LocalOnly => Some("run `berth` on the host, without a token".to_owned()),
            Self::LastOne { what, .. } => Some(format!("invite another {what} first")),
            Self::NameTaken { hint, .. } => Some(hint.clone()),
            Self::Expired { tenant, .. } => Some(format!(
                "give it more time first with `berth tenant set {tenant} --expires 30d`, or `never`"
            )),
            Self::Busy { operation, .. } => {
                Some(format!("follow it with `berth operation watch {operation}`"))
            }
            Self::Changed { tenant } => {
                Some(format!("look at it again with `berth tenant show {tenant}`"))
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
            | Self::NotLetIn
            | Self::SecondFactor
            | Self::Wait(_)
            | Self::SignInFirst
            | Self::NotToAppoint(_)
            | Self::IsAlready { .. }
            | Self::NoFactor { .. }
            | Self::NoSuchInvitation(_)
            | Self::NoSuchSession(_)
            | Self::NoRun { .. }
            | Self::NotDelivered(_)
            | Self::OperatorOnly { .. }
            | Self::NoRight(_)
            | Self::NotToGive(_)
            | Self::NotNow { .. }
            | Self::BrokeOff { .. }
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
