//! Requests to servers of others, which stand at addresses that somebody typed.
//!
//! # Invariants
//!
//! * Nothing inside the host's own networks is reached unless the configuration names its range: every
//!   address of a name is checked, and the one that was checked is the one that is connected to.
//! * No redirect is followed.
//! * Every call ends: names, connecting, TLS and the answer share one deadline, and no more of an
//!   answer is read than was asked for.
//! * No cookie is kept, and no connection.
//!
//! Deliberately absent: what is asked and why (`berth-notify`, `berth-identity`).

mod exchange;
mod policy;
mod resolve;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use url::{Host, Url};

pub use policy::Policy;
pub use resolve::{Resolve, SystemResolver};
pub use tls::NoTls;

/// How long everything of one request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of a body is read.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// How long an address may be.
const LONGEST_ADDRESS: usize = 2000;

/// Speaks HTTP with servers of others.
#[derive(Debug)]
pub struct Outbound {
    policy: Policy,
    resolver: Arc<dyn Resolve>,
    patience: Duration,
    tls: Arc<ClientConfig>,
}

/// How much of an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Its head: the body stays where it is.
    Head,
    /// All of it, up to [`LONGEST_ANSWER`].
    Whole,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    #[error("write an address like `https://name.example.com/path`")]
    NotAnAddress,
    #[error("a name or password has no place in the address")]
    Credentials,
    /// The setting that names ranges.
    #[error("only https is spoken, and http with ranges that `{0}` names")]
    Plain(&'static str),
    #[error("{address} is not a public address: `{setting}` can name its range")]
    Inside { address: IpAddr, setting: &'static str },
    #[error("cannot find it")]
    Name(#[source] std::io::Error),
    #[error("its name has no address")]
    NoAddress,
    #[error("cannot connect")]
    Connect(#[source] std::io::Error),
    #[error("cannot speak TLS with it")]
    Tls(#[source] std::io::Error),
    #[error("cannot speak HTTP with it")]
    Http(#[source] hyper::Error),
    #[error("the request cannot be written")]
    Request(#[source] http::Error),
    #[error("it answered {0}: redirects are not followed")]
    Redirected(u16),
    #[error("its answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
    #[error("no answer within {0:?}")]
    Late(Duration),
}

impl Unreached {
    /// Whether asking again is of no use: the address itself is refused.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(
            self,
            Self::NotAnAddress
                | Self::Credentials
                | Self::Plain(_)
                | Self::Inside { .. }
                | Self::Request(_)
        )
    }
}

impl Outbound {
    /// Sets up what is needed to speak TLS. Nothing is connected to yet.
    pub fn new(policy: Policy) -> Result<Self, NoTls> {
        Self::with(policy, Arc::new(SystemResolver), PATIENCE)
    }

    /// The same with somebody else who knows the addresses of names, and another patience.
    pub fn with(
        policy: Policy,
        resolver: Arc<dyn Resolve>,
        patience: Duration,
    ) -> Result<Self, NoTls> {
        Ok(Self { policy, resolver, patience, tls: tls::client()? })
    }

    /// Reads an address, as far as it can be judged without asking anybody.
    pub fn check(&self, text: &str) -> Result<Url, Unreached> {
        if text.len() > LONGEST_ADDRESS || text.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(Unreached::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| Unreached::NotAnAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Unreached::Credentials);
        }
        if url.fragment().is_some() {
            return Err(Unreached::NotAnAddress);
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(Unreached::NotAnAddress),
        };
        match url.scheme() {
            "https" => {}
            "http" if literal.is_some_and(|address| self.policy.is_named(address)) => {}
            "http" if literal.is_none() && !self.policy.allowed.is_empty() => {}
            "http" => return Err(Unreached::Plain(self.policy.setting)),
            _ => return Err(Unreached::NotAnAddress),
        }
        match literal {
            Some(address) if !self.policy.allows(address) => Err(self.inside(address)),
            _ => Ok(url),
        }
    }

    /// Sends a request and reads what is wanted of the answer. An answer of 3xx is a failure.
    pub async fn fetch(
        &self,
        request: Request<Vec<u8>>,
        wanted: Wanted,
    ) -> Result<Response<Vec<u8>>, Unreached> {
        let url = self.check(&request.uri().to_string())?;
        let request = exchange::written_for(&url, request)?;
        let answer = async {
            let addresses = self.addresses(&url).await?;
            let stream =
                TcpStream::connect(addresses.as_slice()).await.map_err(Unreached::Connect)?;
            let answer = exchange::send(&url, stream, &self.tls, (request, wanted));
            answer.await
        };
        let late = |_| Unreached::Late(self.patience);
        let answer = tokio::time::timeout(self.patience, answer).await.map_err(late)??;
        match answer.status() {
            status if status.is_redirection() => Err(Unreached::Redirected(status.as_u16())),
            _ => Ok(answer),
        }
    }

    /// The addresses of a host, every one of which may be reached.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Unreached> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::new(address.into(), port)],
            Some(Host::Ipv6(address)) => vec![SocketAddr::new(address.into(), port)],
            Some(Host::Domain(name)) => {
                self.resolver.resolve(name, port).await.map_err(Unreached::Name)?
            }
            None => Vec::new(),
        };
        if found.is_empty() {
            return Err(Unreached::NoAddress);
        }
        for address in &found {
            if !self.policy.allows(address.ip()) {
                return Err(self.inside(address.ip()));
            }
            if url.scheme() == "http" && !self.policy.is_named(address.ip()) {
                return Err(Unreached::Plain(self.policy.setting));
            }
        }
        Ok(found)
    }

    fn inside(&self, address: IpAddr) -> Unreached {
        Unreached::Inside { address, setting: self.policy.setting }
    }
}
