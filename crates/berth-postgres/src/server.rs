//! One PostgreSQL server, reached as its administrator.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use berth_domain::ObjectName;
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{
    PgConnectOptions, PgConnection, PgDatabaseError, PgPool, PgPoolOptions, PgSslMode,
};
use sqlx::{ConnectOptions, Executor, Row as _};

use crate::error::query;
use crate::quote::assert_safe;
use crate::{PostgresError, TenantDb};

/// How long a caller waits for a connection, an unreachable server included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a server is, and as whom to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// Through the socket `.s.PGSQL.<port>` in a folder of this host.
    Socket {
        folder: PathBuf,
        port: u16,
        user: String,
    },
    Tcp {
        host: String,
        port: u16,
        user: String,
        ssl_mode: SslMode,
    },
}

/// How much a connection over TCP insists on TLS (libpq, "SSL Support").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    /// The word that libpq, `odoo.conf` and addresses use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The text is not the address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    #[error(
        "the address of a PostgreSQL server looks like `postgres://user@host:5432?sslmode=require`"
    )]
    Malformed,
    #[error("the address of a PostgreSQL server names a user: `postgres://user@host:5432`")]
    NoUser,
    /// The address is shown in logs and on pages.
    #[error(
        "the password does not belong into the address of a PostgreSQL server: give it in a file"
    )]
    HasPassword,
}

impl FromStr for Address {
    type Err = InvalidAddress;

    /// Reads `postgres://user@host:port?sslmode=…`; a host that starts with `%2F` is the folder of a
    /// socket.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (_, rest) = text.split_once("://").ok_or(InvalidAddress::Malformed)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (user, _) = authority.rsplit_once('@').ok_or(InvalidAddress::NoUser)?;
        if user.is_empty() {
            return Err(InvalidAddress::NoUser);
        }
        if user.contains(':') || rest.contains("password=") {
            return Err(InvalidAddress::HasPassword);
        }
        let options = PgConnectOptions::from_str(text).map_err(|_| InvalidAddress::Malformed)?;
        let (port, user) = (options.get_port(), options.get_username().to_owned());
        if let Some(folder) = options.get_socket() {
            return Ok(Self::Socket { folder: folder.clone(), port, user });
        }
        let ssl_mode = match options.get_ssl_mode() {
            PgSslMode::Disable => SslMode::Disable,
            PgSslMode::Allow | PgSslMode::Prefer => SslMode::Prefer,
            PgSslMode::Require => SslMode::Require,
            PgSslMode::VerifyCa => SslMode::VerifyCa,
            PgSslMode::VerifyFull => SslMode::VerifyFull,
        };
        Ok(Self::Tcp { host: options.get_host().to_owned(), port, user, ssl_mode })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket { folder, .. } => write!(f, "`{}`", folder.display()),
            Self::Tcp { host, port, .. } => write!(f, "`{host}:{port}`"),
        }
    }
}

impl Address {
    /// The administrator.
    #[must_use]
    pub fn user(&self) -> &str {
        match self {
            Self::Socket { user, .. } | Self::Tcp { user, .. } => user,
        }
    }

    fn options(&self, password: &SecretString) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass()
            .username(self.user())
            .password(password.expose_secret())
            .application_name("berth")
            .database("postgres");
        match self {
            Self::Socket { folder, port, .. } => options.socket(folder).port(*port),
            Self::Tcp { host, port, ssl_mode, .. } => {
                options.host(host).port(*port).ssl_mode(match ssl_mode {
                    SslMode::Disable => PgSslMode::Disable,
                    SslMode::Prefer => PgSslMode::Prefer,
                    SslMode::Require => PgSslMode::Require,
                    SslMode::VerifyCa => PgSslMode::VerifyCa,
                    SslMode::VerifyFull => PgSslMode::VerifyFull,
                })
            }
        }
    }
}

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

    #[test]
    fn addresses_over_tcp_and_over_a_socket_are_read() {
        assert_eq!(
            "postgres://berth@db.example:6432?sslmode=require".parse(),
            Ok(Address::Tcp {
                host: "db.example".into(),
                port: 6432,
                user: "berth".into(),
                ssl_mode: SslMode::Require,
            })
        );
        assert_eq!(
            "postgres://berth@%2Fvar%2Frun%2Fpostgresql".parse(),
            Ok(Address::Socket {
                folder: "/var/run/postgresql".into(),
                port: 5432,
                user: "berth".into(),
            })
        );
    }

    #[test]
    fn an_address_without_a_user_or_with_a_password_is_refused() {
        assert_eq!("postgres://host".parse::<Address>(), Err(InvalidAddress::NoUser));
        assert_eq!("host:5432".parse::<Address>(), Err(InvalidAddress::Malformed));
        for address in ["postgres://a:b@host", "postgres://a@host?password=b"] {
            assert_eq!(address.parse::<Address>(), Err(InvalidAddress::HasPassword), "{address}");
        }
    }
}
