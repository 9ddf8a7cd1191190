//! One PostgreSQL server, reached as its administrator.

use std::fmt;
use std::time::Duration;

use berth_domain::ObjectName;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, Row as _};

use crate::error::query;
use crate::quote::assert_safe;
use crate::{Address, PostgresError, Restorer, TenantDb};

/// How long a caller waits for a connection, an unreachable server included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// PostgreSQL's `server_version_num`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerVersion(pub u32);

impl ServerVersion {
    /// 15 brought `STRATEGY` to `CREATE DATABASE` and took `CREATE` on `public` away from everybody.
    pub const OLDEST: u32 = 15;

    #[must_use]
    pub const fn major(self) -> u32 {
        self.0 / 10_000
    }

    /// Refuses what is older than [`Self::OLDEST`].
    pub fn supported(self) -> Result<Self, PostgresError> {
        if self.major() < Self::OLDEST {
            return Err(PostgresError::TooOld { found: self });
        }
        Ok(self)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10_000, self.0 % 10_000)
    }
}

/// One PostgreSQL server. Cloning it shares its connections, of which there are at most four.
#[derive(Debug, Clone)]
pub struct Server {
    pub(crate) pool: PgPool,
    address: Address,
    options: PgConnectOptions,
    version: ServerVersion,
    /// Whether the server shares blocks between a database and its copy (`file_copy_method`, 18+).
    pub(crate) shares_blocks: bool,
}

impl Server {
    /// Connects as the administrator, who must be a superuser.
    pub async fn connect(
        address: &Address,
        password: &SecretString,
    ) -> Result<Self, PostgresError> {
        let options = address.options(password);
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(|source| refused_or_unreachable(address, address.user(), source))?;
        let row = sqlx::query(
            "SELECT current_setting('server_version_num')::int4,
                    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
                    coalesce(current_setting('file_copy_method', true) = 'clone', false)",
        )
        .fetch_one(&pool)
        .await
        .map_err(query("read the version of the server"))?;
        let version: i32 = row.get(0);
        let version = ServerVersion(version.unsigned_abs()).supported()?;
        if !row.get::<bool, _>(1) {
            return Err(PostgresError::NotSuperuser { user: address.user().to_owned() });
        }
        Ok(Self { pool, address: address.clone(), options, version, shares_blocks: row.get(2) })
    }

    #[must_use]
    pub const fn version(&self) -> ServerVersion {
        self.version
    }

    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Succeeds when the server answers a query.
    pub async fn ping(&self) -> Result<(), PostgresError> {
        sqlx::query("SELECT 1")
            .execute(&self.pool)
            .await
            .map_err(|source| refused_or_unreachable(&self.address, self.address.user(), source))?;
        Ok(())
    }

    /// Closes the connections. The server itself keeps running.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Connects to a tenant's or blueprint's database **as the role of that name**, never as the
    /// administrator: see the crate's invariants.
    pub async fn open(
        &self,
        database: &ObjectName,
        password: &SecretString,
    ) -> Result<TenantDb, PostgresError> {
        let options = self
            .options
            .clone()
            .username(database.as_str())
            .password(password.expose_secret())
            .database(database.as_str())
            // A page or a probe must never hang on a table that an installation has locked.
            .options([("statement_timeout", "60s"), ("lock_timeout", "15s")]);
        let connection = connect(&options).await.map_err(|source| match sqlstate(&source) {
            Some("3D000") => PostgresError::NoSuchDatabase(database.to_string()),
            _ => refused_or_unreachable(&self.address, database.as_str(), source),
        })?;
        Ok(TenantDb::new(connection))
    }

    /// Connects to a database as the role of that name, for carrying out a dump: nothing is cut off
    /// after a time, and the log is written at the end instead of after every statement. The
    /// database is made again after a crash.
    pub async fn restorer(
        &self,
        database: &ObjectName,
        password: &SecretString,
    ) -> Result<Restorer, PostgresError> {
        let options = self
            .options
            .clone()
            .username(database.as_str())
            .password(password.expose_secret())
            .database(database.as_str())
            .options([("synchronous_commit", "off"), ("client_min_messages", "warning")])
            // Statements hold what the tenant knows; they belong in nobody's log.
            .disable_statement_logging();
        let connection = connect(&options)
            .await
            .map_err(|source| refused_or_unreachable(&self.address, database.as_str(), source))?;
        Ok(Restorer::new(connection))
    }

    /// Connects to a database as the administrator, for commands on its catalogues only.
    pub(crate) async fn catalogues_of(
        &self,
        database: &ObjectName,
    ) -> Result<PgConnection, PostgresError> {
        let options = self
            .options
            .clone()
            .database(database.as_str())
            .options([("search_path", "pg_catalog")]);
        connect(&options).await.map_err(query("connect to the database"))
    }

    /// A session of its own as the administrator, beside those that are shared.
    pub(crate) async fn session(&self) -> Result<PgConnection, PostgresError> {
        connect(&self.options)
            .await
            .map_err(|source| refused_or_unreachable(&self.address, self.address.user(), source))
    }

    /// Runs one utility statement of our own making.
    pub(crate) async fn run(&self, action: &'static str, sql: String) -> Result<(), PostgresError> {
        run_on(&self.pool, action, sql).await
    }
}

/// Runs one utility statement of our own making on a connection.
pub(crate) async fn run_on<'c>(
    connection: impl Executor<'c, Database = sqlx::Postgres>,
    action: &'static str,
    sql: String,
) -> Result<(), PostgresError> {
    sqlx::raw_sql(assert_safe(sql)).execute(connection).await.map_err(query(action))?;
    Ok(())
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
        Ok(connected) => connected,
        Err(_) => Err(sqlx::Error::PoolTimedOut),
    }
}

pub(crate) fn sqlstate(error: &sqlx::Error) -> Option<&str> {
    match error {
        sqlx::Error::Database(error) => {
            error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
        }
        _ => None,
    }
}

/// PostgreSQL, appendix A: class 28 is "invalid authorization specification".
fn refused_or_unreachable(address: &Address, user: &str, source: sqlx::Error) -> PostgresError {
    let address = address.to_string();
    if sqlstate(&source).is_some_and(|code| code.starts_with("28") || code == "42501") {
        return PostgresError::Refused { address, user: user.to_owned(), source };
    }
    PostgresError::Unreachable { address, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_refused_with_its_version() {
        assert_eq!(
            ServerVersion(140_012).supported().map_err(|error| error.to_string()),
            Err("PostgreSQL 14.12 is too old: version 15 or later is needed".to_owned())
        );
        assert!(ServerVersion(150_000).supported().is_ok());
    }
}
