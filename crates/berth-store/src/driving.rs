//! The right to drive the operations of a control database, which one process has at a time.
//!
//! A home has a file lock for that. Servers that share a PostgreSQL database and no home need a lock
//! that both can see, so the database keeps one: a session's advisory lock (PostgreSQL manual,
//! section 13.3.5), freed by the server with the session, however that ends.
//!
//! # Invariants
//!
//! * The lock is the database's, not a home's: operations belong to the database, and two homes that
//!   drive the same operations are two drivers.
//! * Whoever is asked whether the lock is still held reads it back from the server; a session that
//!   does not answer holds nothing.

use std::time::Duration;

use secrecy::SecretString;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::{Location, StoreError, postgres};

/// Any number that nobody else takes an advisory lock on: the letters of "berthd".
const LOCK: i64 = 108_187_852_472_932;
/// The name of the session that holds the lock begins with it; the holder's home follows.
const NAME: &str = "berth driver of ";
/// How long the server may take for one of the questions here.
const PATIENCE: Duration = Duration::from_secs(5);
/// When the host of a session is gone without a word, the server notices within the sum of these.
/// It tells sessions over TCP by them; on a Unix socket the kernel closes at once.
const KEEPALIVE: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "5"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "15s"),
];

/// A candidate for driving a database, or its driver.
#[derive(Debug)]
pub struct DrivingLock {
    /// `None`: a SQLite database, which only processes of one home can share. Their file lock is
    /// enough.
    url: Option<SecretString>,
    home_id: String,
    session: Option<PgConnection>,
}

/// What came of asking for the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    Taken,
    /// Somebody else has it.
    Held {
        /// The id of the holder's home. `None` when the holder has just gone.
        home_id: Option<String>,
    },
}

impl DrivingLock {
    /// Prepares to ask. Nothing is connected yet.
    #[must_use]
    pub fn new(location: &Location, home_id: &str) -> Self {
        let url = match location {
            Location::Sqlite(_) => None,
            Location::Postgres(url) => Some(url.clone()),
        };
        Self { url, home_id: home_id.to_owned(), session: None }
    }

    /// Whether servers without a common home may share the database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.url.is_some()
    }

    /// Takes the right to drive if nobody has it. Returns at once.
    pub async fn try_take(&mut self) -> Result<Claim, StoreError> {
        let Some(url) = self.url.clone() else { return Ok(Claim::Taken) };
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.connect(&url).await?,
        };
        let asked = within(ask(&mut session)).await?;
        // One that failed is not asked again: the next time begins with a new one.
        self.session = Some(session);
        Ok(asked)
    }

    /// Whether the right is still ours, as the server sees it now.
    ///
    /// An error means that nobody knows; whoever drives must stop then, as if it were lost.
    pub async fn is_held(&mut self) -> Result<bool, StoreError> {
        if self.url.is_none() {
            return Ok(true);
        }
        // It stays where it is meanwhile: whoever stops waiting for the answer keeps the right.
        let Some(session) = &mut self.session else { return Ok(false) };
        let held = within(read_back(session)).await;
        if held.is_err() {
            self.session = None;
        }
        held
    }

    /// Gives the right back. Returns when the server knows, or does not answer.
    pub async fn release(&mut self) {
        if let Some(session) = self.session.take()
            && let Err(error) = within(async { session.close().await }).await
        {
            tracing::debug!(%error, "the session of the driving lock did not end politely");
        }
    }

    async fn connect(&self, url: &SecretString) -> Result<PgConnection, StoreError> {
        let name = format!("{NAME}{}", self.home_id);
        let options = postgres::options(url)?.application_name(&name).options(KEEPALIVE);
        let connected = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        connected.map_err(|_| StoreError::Open(timed_out()))?.map_err(StoreError::Open)
    }
}

async fn ask(session: &mut PgConnection) -> Result<Claim, sqlx::Error> {
    if read_back(session).await? {
        return Ok(Claim::Taken);
    }
    let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(LOCK)
        .fetch_one(&mut *session)
        .await?;
    if taken {
        return Ok(Claim::Taken);
    }
    // A key of 64 bits is shown in two halves (PostgreSQL manual, section 53.13, pg_locks).
    let holder = sqlx::query(
        "SELECT a.application_name
         FROM pg_locks l
         JOIN pg_stat_activity a ON a.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND (l.classid::bigint << 32 | l.objid::bigint) = $1",
    )
    .bind(LOCK)
    .fetch_optional(session)
    .await?;
    let name = holder.and_then(|row| row.try_get::<Option<String>, _>(0).ok().flatten());
    Ok(Claim::Held { home_id: name.and_then(|name| Some(name.strip_prefix(NAME)?.to_owned())) })
}

async fn read_back(session: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (
             SELECT 1
             FROM pg_locks
             WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = pg_backend_pid()
               AND (classid::bigint << 32 | objid::bigint) = $1
         )",
    )
    .bind(LOCK)
    .fetch_one(session)
    .await
}

async fn within<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    let answered = tokio::time::timeout(PATIENCE, work).await;
    answered.map_err(|_| StoreError::Query(timed_out()))?.map_err(StoreError::query)
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
