//! Where a PostgreSQL server is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

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

    pub(crate) fn options(&self, password: &SecretString) -> PgConnectOptions {
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

#[cfg(test)]
mod tests {
    use super::*;

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
