//! How work on a PostgreSQL server can fail, by what the caller does about it.

use std::path::PathBuf;

use berth_domain::Bytes;
use berth_runtime::{InvalidMount, RuntimeError};

use crate::ServerVersion;

/// Failed work on a PostgreSQL server.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error("cannot reach PostgreSQL at {address}")]
    Unreachable { address: String, source: sqlx::Error },

    #[error(
        "PostgreSQL at {address} refused the user `{user}`: check the password and pg_hba.conf"
    )]
    Refused { address: String, user: String, source: sqlx::Error },

    #[error("PostgreSQL {found} is too old: version {} or later is needed", ServerVersion::OLDEST)]
    TooOld { found: ServerVersion },

    #[error(
        "the user `{user}` is not a superuser of the PostgreSQL server: give a superuser's address"
    )]
    NotSuperuser { user: String },

    #[error("there is no database `{0}`")]
    NoSuchDatabase(String),

    #[error("the database `{0}` is not a sealed blueprint: seal it before cloning it")]
    NotSealed(String),

    /// There is a complete database of that name with another owner than was asked for.
    #[error("the database `{name}` belongs to `{owner}`")]
    OwnedByAnother { name: String, owner: String },

    #[error("the role `{0}` still owns a database: drop that first")]
    RoleInUse(String),

    /// A statement failed. The server's own words are in the source.
    #[error("cannot {action}")]
    Query { action: &'static str, source: sqlx::Error },

    #[error("the column {column} of the answer is not of type text: cast it with `::text`")]
    NotText { column: usize },

    /// The database is the tenant's: it may answer whatever it likes, for as long as it likes.
    #[error("the database answers more than {most}")]
    TooMuch { most: Bytes },

    #[error(transparent)]
    Cluster(#[from] ClusterError),
}

/// The managed cluster could not be brought up.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    #[error(
        "`{}` is too long for a socket: with `/.s.PGSQL.5432` it must stay under 108 bytes, so choose a shorter home folder",
        .0.display()
    )]
    SocketPathTooLong(PathBuf),

    #[error("`{}` does not hold the cluster's data: is its disk mounted?", .0.display())]
    DataMissing(PathBuf),

    #[error("`{}` holds files that Berth did not make: move them away", .0.display())]
    ForeignData(PathBuf),

    #[error("cannot {action} `{}`", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },

    #[error("a folder of the cluster cannot be mounted")]
    Mount(#[source] InvalidMount),

    #[error("cannot run the cluster's container")]
    Runtime(#[source] RuntimeError),

    #[error("initdb ended with code {code}: {output}")]
    Initdb { code: i64, output: String },

    #[error("the image has no PostgreSQL server: {why}")]
    NotPostgres { why: String },

    #[error("the cluster holds data of PostgreSQL {data}, and the image is PostgreSQL {image}")]
    WrongMajor { data: String, image: u16 },

    #[error("PostgreSQL stopped while it was starting: {output}")]
    Stopped { output: String },

    #[error("PostgreSQL did not answer within {seconds} s: {output}")]
    NotReady { seconds: u64, output: String },
}

impl PostgresError {
    /// Whether the same call may work later without anybody changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Cluster(ClusterError::NotReady { .. } | ClusterError::Stopped { .. }) => true,
            Self::Cluster(ClusterError::Runtime(error)) => error.may_pass(),
            Self::Query { source, .. } => is_transient(source),
            Self::Refused { .. }
            | Self::TooOld { .. }
            | Self::NotSuperuser { .. }
            | Self::NoSuchDatabase(_)
            | Self::NotSealed(_)
            | Self::OwnedByAnother { .. }
            | Self::RoleInUse(_)
            | Self::NotText { .. }
            | Self::TooMuch { .. }
            | Self::Cluster(_) => false,
        }
    }
}

/// PostgreSQL, appendix A "Error Codes": 08 connection, 40 rolled back, 53 out of resources,
/// 55006 object in use, 57 operator intervention.
pub(crate) fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code == "55006" || ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

pub(crate) fn query(action: &'static str) -> impl FnOnce(sqlx::Error) -> PostgresError {
    move |source| PostgresError::Query { action, source }
}
