//! What can go wrong in the control database, as far as somebody decides on it.

use std::path::PathBuf;

use sqlx::error::ErrorKind;

use crate::KeyError;

/// A failure of the control database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot open the control database")]
    Open(#[source] sqlx::Error),

    #[error("the address of the control database is not a PostgreSQL URL")]
    Url(#[source] url::ParseError),

    #[error("cannot use `{path}`", path = path.display())]
    Io { path: PathBuf, source: std::io::Error },

    /// A newer Berth used this database. Going back would lose what only the newer one knows.
    #[error(
        "the control database has schema {found} and this version of Berth knows {known}: start the version that wrote it, or restore the backup made before the upgrade"
    )]
    NewerSchema { found: i64, known: i64 },

    /// Only the server that drives changes the schema.
    #[error(
        "the control database has schema {found}, this version of Berth needs {known}, and another server is at work on it: stop that one, or hand it over with `berth service upgrade`"
    )]
    OlderSchema { found: i64, known: i64 },

    #[error(
        "migration {version} of the control database is not the one that was applied: it was changed after its release"
    )]
    ChangedMigration { version: i64 },

    #[error("cannot bring the control database to schema {version}")]
    Migrate { version: i64, source: sqlx::Error },

    #[error(
        "the control database needs schema {to} and has {from}, and no backup can be made ({why}): back it up and start again with `--backup-taken`"
    )]
    BackupNeeded { from: i64, to: i64, why: String },

    #[error("cannot seal or open a secret")]
    Key(#[source] KeyError),

    /// Sealed with a key that is not the one Berth was started with.
    #[error(
        "the secrets in the control database are sealed with key `{found}` and Berth was started with key `{given}`: put the right key file back"
    )]
    WrongKey { found: String, given: String },

    /// Another row has it already. `what` is the name that people know.
    #[error("the {what} is taken")]
    Taken { what: &'static str },

    /// The row that the statement needs is not there.
    #[error("the control database has no {table} `{row}`")]
    Missing { table: &'static str, row: String },

    #[error(
        "all {size} networks of the pool are in use: delete tenants or configure a larger pool"
    )]
    PoolExhausted { size: u32 },

    /// A value that this version does not know, perhaps written by a newer one.
    #[error(
        "{table} `{row}` has `{value}` as {column}, which this version of Berth does not understand"
    )]
    Unknown { table: &'static str, row: String, column: &'static str, value: String },

    /// Columns that do not go together.
    #[error("{table} `{row}` is inconsistent: {why}")]
    Inconsistent { table: &'static str, row: String, why: &'static str },

    /// Another transaction was in the way. The same transaction may succeed when run again.
    #[error("the control database is busy")]
    Contended(#[source] sqlx::Error),

    /// Nobody answers there, or not any more: it may do so again any moment.
    #[error("the control database does not answer")]
    Away(#[source] sqlx::Error),

    /// Nothing was written. Reading still works.
    #[error("the disk of the control database is full")]
    Full(#[source] sqlx::Error),

    #[error("the control database refused a statement")]
    Query(#[source] sqlx::Error),
}

/// Unique constraints that people meet: name on PostgreSQL, what SQLite says instead, plain word.
const CONSTRAINTS: [(&str, &str, &str); 13] = [
    ("organisation_name_taken", "organisation.name", "organisation name"),
    ("cluster_name_taken", "cluster.name", "cluster name"),
    ("tenant_name_taken", "tenant.name", "name"),
    ("tenant_host_taken", "tenant.host", "host"),
    ("tenant_object_taken", "tenant.object_name", "object name"),
    ("subnet_number_taken", "subnet.number", "network"),
    ("blueprint_object_taken", "blueprint.object_name", "object name"),
    ("blueprint_key_taken", "index 'blueprint_key_taken'", "blueprint"),
    ("idempotency_key_taken", "idempotency.actor, idempotency.key", "idempotency key"),
    ("schedule_name_taken", "schedule.organisation_id, schedule.name", "name"),
    ("schedule_run_once", "schedule_run.schedule_id, schedule_run.due_at", "run"),
    ("person_email_taken", "person.email", "e-mail address"),
    ("subscription_name_taken", "subscription.organisation_id, subscription.name", "name"),
];

/// PostgreSQL: `serialization_failure`, `deadlock_detected`, `lock_not_available` (PostgreSQL
/// manual, appendix A).
const POSTGRES_CONTENTION: [&str; 3] = ["40001", "40P01", "55P03"];
/// PostgreSQL: `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `too_many_connections`. The whole class
/// 08, `connection_exception`, says the same.
const POSTGRES_AWAY: [&str; 4] = ["57P01", "57P02", "57P03", "53300"];

impl StoreError {
    /// Whether the same transaction may succeed when it is run again.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Contended(_))
    }

    /// Whether it may pass by itself, so that asking again later is worth while.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Contended(_) | Self::Away(_) | Self::Full(_))
    }

    /// The key of the row that it is about, if it is about one.
    #[must_use]
    pub fn row(&self) -> Option<&str> {
        match self {
            Self::Missing { row, .. }
            | Self::Unknown { row, .. }
            | Self::Inconsistent { row, .. } => Some(row),
            _ => None,
        }
    }

    /// Whether it is about one row that this version does not understand: all the others may be read.
    #[must_use]
    pub const fn is_about_one_row(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Inconsistent { .. })
    }

    /// Sorts out what the database said about a statement.
    pub(crate) fn query(error: sqlx::Error) -> Self {
        if let sqlx::Error::PoolTimedOut = error {
            return Self::Contended(error);
        }
        let Some(database) = error.as_database_error() else { return Self::without_answer(error) };
        if database.kind() == ErrorKind::UniqueViolation
            && let Some(what) = taken(database.constraint(), database.message())
        {
            return Self::Taken { what };
        }
        if is_full(database) {
            return Self::Full(error);
        }
        if is_contention(database) {
            return Self::Contended(error);
        }
        if is_away(database) {
            return Self::Away(error);
        }
        Self::Query(error)
    }

    /// The same, of a transaction that was to begin. Whoever gets no connection to a server in time cannot know
    /// whether there is one.
    pub(crate) fn begin_at_a_server(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Away(error),
            error => Self::query(error),
        }
    }

    /// Sorts out what went wrong without a word of the database.
    fn without_answer(error: sqlx::Error) -> Self {
        use sqlx::Error;

        match error {
            Error::Io(_) | Error::Tls(_) | Error::PoolClosed => Self::Away(error),
            error => Self::Query(error),
        }
    }
}

fn taken(constraint: Option<&str>, message: &str) -> Option<&'static str> {
    let columns = message.strip_prefix("UNIQUE constraint failed: ");
    CONSTRAINTS
        .iter()
        .find(|(name, sqlite, _)| constraint == Some(*name) || columns == Some(*sqlite))
        .map(|(_, _, what)| *what)
}

fn is_full(error: &dyn sqlx::error::DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        // 13 is SQLITE_FULL, also when the kernel said ENOSPC (SQLite, "Result and Error Codes").
        return code.parse::<i32>().is_ok_and(|code| code & 0xff == 13);
    }
    // `disk_full` (PostgreSQL manual, appendix A).
    code == "53100"
}

fn is_contention(error: &dyn sqlx::error::DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        // Extended result codes keep the primary one in the low byte: 5 is SQLITE_BUSY, 6 is
        // SQLITE_LOCKED (SQLite, "Result and Error Codes").
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    }
    POSTGRES_CONTENTION.contains(&code.as_ref())
}

fn is_away(error: &dyn sqlx::error::DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        // 10 is SQLITE_IOERR, 14 SQLITE_CANTOPEN (SQLite, "Result and Error Codes").
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 10 | 14));
    }
    code.starts_with("08") || POSTGRES_AWAY.contains(&code.as_ref())
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_told_from_a_wrong_statement_on_sqlite() {
        let mut database = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        database.execute("CREATE TABLE kept (bytes BLOB)").await.unwrap();
        // What SQLite says of a disk without space, without one.
        database.execute("PRAGMA max_page_count = 4").await.unwrap();

        let refused = database.execute("INSERT INTO kept VALUES (zeroblob(100000))").await;

        let error = StoreError::query(refused.unwrap_err());
        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    }

    /// What is made of a failure of PostgreSQL with this code.
    async fn on_postgresql(code: &str) -> StoreError {
        let url = berth_testkit::postgres::Server::shared().database();
        let mut database = sqlx::PgConnection::connect(&url).await.unwrap();
        let sql = format!("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$");
        StoreError::query(database.execute(AssertSqlSafe(sql)).await.unwrap_err())
    }

    #[tokio::test]
    async fn a_full_disk_is_told_from_a_wrong_statement_on_postgresql() {
        let error = on_postgresql("53100").await;

        assert!(matches!(error, StoreError::Full(_)), "{error:?}");
    }

    #[tokio::test]
    async fn whoever_was_in_the_way_is_told_from_a_wrong_statement_on_postgresql() {
        for code in ["40001", "40P01", "55P03"] {
            let error = on_postgresql(code).await;
            assert!(error.is_transient(), "{code}: {error:?}");
        }
        assert!(!on_postgresql("42601").await.is_transient(), "a wrong statement stays wrong");
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_told_from_a_wrong_statement_on_postgresql() {
        for code in ["57P01", "57P02", "57P03", "53300", "08006"] {
            let error = on_postgresql(code).await;
            assert!(matches!(error, StoreError::Away(_)), "{code}: {error:?}");
            assert!(error.may_pass() && !error.is_transient(), "{code}: {error:?}");
        }
        assert!(!on_postgresql("42601").await.may_pass(), "a wrong statement stays wrong");

        let nowhere = sqlx::PgConnection::connect("postgres://berth@127.0.0.1:1/berth").await;
        let error = StoreError::query(nowhere.unwrap_err());
        assert!(matches!(error, StoreError::Away(_)), "{error:?}");
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_told_from_a_wrong_statement_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere =
            sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("gone"));

        let error = StoreError::query(nowhere.connect().await.unwrap_err());

        assert!(matches!(error, StoreError::Away(_)), "{error:?}");
    }

    #[tokio::test]
    async fn whoever_was_in_the_way_is_told_from_a_wrong_statement_on_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(folder.path().join("berth.db"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let mut first = options.connect().await.unwrap();
        let mut second = options.connect().await.unwrap();
        first.execute("BEGIN IMMEDIATE").await.unwrap();

        let refused = second.execute("BEGIN IMMEDIATE").await;

        assert!(StoreError::query(refused.unwrap_err()).is_transient());
        let wrong = second.execute("SELECT nothing FROM nowhere").await;
        assert!(!StoreError::query(wrong.unwrap_err()).is_transient());
    }
}
