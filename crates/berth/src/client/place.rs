//! Where the server is, and a connection to it.
//!
//! # Invariants
//!
//! * A token never leaves this host in the open: what is not of this host is spoken to over TLS.
//! * A certificate that is not good for the name that was typed ends it. There is no way around that.

mod trust;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::failure::Failure;

/// How long a name, a connection and a handshake may take, each.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where the server is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// On this host.
    Socket(PathBuf),
    Url(Address),
}

/// A server that is reached over TCP.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// As people read it: scheme, host and port.
    url: String,
    /// A name, or an address without brackets.
    host: String,
    port: u16,
    /// What stands in `Host`.
    authority: String,
    /// `None`: it is this host, and http was asked for.
    tls: Option<Arc<ClientConfig>>,
}

/// Bytes there and back.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin + fmt::Debug {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + fmt::Debug> Stream for S {}

impl Place {
    /// What stands in `Host`.
    pub(super) fn authority(&self) -> &str {
        match self {
            Self::Socket(_) => "localhost",
            Self::Url(address) => &address.authority,
        }
    }

    pub(super) async fn connect(&self) -> Result<Box<dyn Stream>, Failure> {
        match self {
            Self::Socket(socket) => Ok(Box::new(local(socket).await?)),
            Self::Url(address) => address.connect().await,
        }
    }
}

async fn local(socket: &Path) -> Result<UnixStream, Failure> {
    UnixStream::connect(socket).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
            Failure::NotRunning { socket: socket.to_owned() }
        }
        io::ErrorKind::PermissionDenied => Failure::refused(
            format!("you may not open `{}`", socket.display()),
            "use `sudo`, or the user that runs `berth serve`",
        ),
        _ => {
            anyhow::Error::new(error).context(format!("cannot open `{}`", socket.display())).into()
        }
    })
}

impl Address {
    /// Reads what was typed. `authorities`: a file with those who sign, in place of the system's.
    pub(crate) fn parse(typed: &str, authorities: Option<&Path>) -> Result<Self, Failure> {
        let hint = "write it like `https://berth.example.com:8070`";
        let wrong = || Failure::refused("this is no address of a server", hint);
        let url = Url::parse(typed).map_err(|_| wrong())?;
        let has_more = !url.username().is_empty()
            || url.password().is_some()
            || !matches!(url.path(), "" | "/")
            || url.query().is_some()
            || url.fragment().is_some();
        let (Some(host), false) = (url.host(), has_more) else { return Err(wrong()) };
        let port = url.port_or_known_default().ok_or_else(wrong)?;
        let tls = match url.scheme() {
            "https" => Some(trust::client(authorities)?),
            "http" if is_this_host(&host) => None,
            "http" => {
                return Err(Failure::refused(
                    format!("over http everybody on the way to `{host}` would read the token"),
                    "write https://, or come through a tunnel to this host",
                ));
            }
            _ => return Err(wrong()),
        };
        let authority = url.port().map_or(host.to_string(), |port| format!("{host}:{port}"));
        let shown = format!("{}://{host}:{port}", url.scheme());
        let host = host.to_string();
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { url: shown, host, port, authority, tls })
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, Failure> {
        let stream = self.in_time(self.reach()).await?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| Failure::refused("this is no name of a server", "check the URL"))?;
        let shake = async {
            let connector = TlsConnector::from(Arc::clone(tls));
            connector.connect(name, stream).await.map_err(|error| self.no_tls(&error))
        };
        Ok(Box::new(self.in_time(shake).await?))
    }

    async fn reach(&self) -> Result<TcpStream, Failure> {
        // glibc knows nothing below `localhost` but itself.
        let host = if self.host.ends_with(".localhost") { "localhost" } else { self.host.as_str() };
        let found = lookup_host((host, self.port)).await.map_err(|error| {
            let message = format!("no host is called `{}`", self.host);
            unreachable(message, &error, "check the URL, and the name server of this host")
        })?;
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in found {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(|error| self.lost(&error))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(self.lost(&last))
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(PATIENCE, work).await {
            Ok(done) => done,
            Err(_) => Err(self.lost(&io::Error::from(io::ErrorKind::TimedOut))),
        }
    }

    fn lost(&self, error: &io::Error) -> Failure {
        let hint = "is `berth serve` running there, and does its `console.listen` let others in?";
        unreachable(format!("nobody answers at {}", self.url), error, hint)
    }

    fn no_tls(&self, error: &io::Error) -> Failure {
        let tls = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidCertificate(_)) => unreachable(
                format!("the certificate of `{}` is not good", self.host),
                error,
                "`--ca-file` names an authority that this host does not know",
            ),
            _ => unreachable(
                format!("{} does not speak TLS as it should", self.url),
                error,
                "check the port; a server without TLS is reached from its own host only",
            ),
        }
    }
}

fn unreachable(message: String, error: &io::Error, hint: &str) -> Failure {
    Failure::Unreachable { message, because: error.to_string(), hint: hint.to_owned() }
}

fn is_this_host(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).to_canonical().is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(typed: &str) -> Option<(String, String)> {
        let address = Address::parse(typed, None).ok()?;
        Some((address.url, address.authority))
    }

    #[test]
    fn an_address_is_a_scheme_a_host_and_perhaps_a_port() {
        let shown = |url: &str, authority: &str| Some((url.to_owned(), authority.to_owned()));

        assert_eq!(
            parsed("http://localhost:8070"),
            shown("http://localhost:8070", "localhost:8070")
        );
        assert_eq!(parsed("http://127.0.0.1/"), shown("http://127.0.0.1:80", "127.0.0.1"));
        assert_eq!(parsed("http://[::1]:8070"), shown("http://[::1]:8070", "[::1]:8070"));
        for wrong in [
            "",
            "berth.example.com",
            "berth.example.com:8070",
            "ftp://localhost",
            "http://localhost/api",
            "http://jo:pass@localhost",
            "http://localhost?token=x",
            "unix:///run/berth.sock",
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_not_of_this_host_is_spoken_to_over_tls() {
        for open in ["http://berth.example.com", "http://192.0.2.1:8070", "http://localhost.evil"] {
            assert_eq!(parsed(open), None, "{open}");
        }
    }
}
