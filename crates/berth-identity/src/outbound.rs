//! Requests to providers of other houses, which stand at addresses that somebody typed.
//!
//! # Invariants
//!
//! * Nothing inside the host's own networks is reached unless the configuration names its range: every
//!   address of a name is checked, and the one that was checked is the one that is connected to.
//! * No redirect is followed.
//! * Every call ends: names, connecting, TLS and the whole answer share one deadline, and no more of
//!   an answer is read than [`LONGEST_ANSWER`].
//! * No cookie is kept, and no connection.

mod exchange;
mod policy;
mod resolve;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use url::{Host, Url};

pub use policy::Policy;
pub use resolve::{Resolve, SystemResolver};
pub use tls::NoTls;

/// How long everything of one request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read. Keys of a large provider are a tenth of that.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// How long an address may be.
const LONGEST_ADDRESS: usize = 2000;

/// Speaks HTTP with providers.
#[derive(Debug)]
pub struct Outbound {
    policy: Policy,
    resolver: Arc<dyn Resolve>,
    patience: Duration,
    tls: Arc<ClientConfig>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    #[error("write an address like `https://login.example.com`")]
    NotAnAddress,
    #[error(
        "providers are spoken to over https, or over http in ranges that the configuration names"
    )]
    Plain,
    #[error("{0} is not a public address: the configuration can name its range")]
    Inside(IpAddr),
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
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
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
            "http" => return Err(Unreached::Plain),
            _ => return Err(Unreached::NotAnAddress),
        }
        match literal {
            Some(address) if !self.policy.allows(address) => Err(Unreached::Inside(address)),
            _ => Ok(url),
        }
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, Unreached> {
        let url = self.check(&request.uri().to_string())?;
        let request = exchange::written_for(&url, request)?;
        let answer = async {
            let addresses = self.addresses(&url).await?;
            let stream =
                TcpStream::connect(addresses.as_slice()).await.map_err(Unreached::Connect)?;
            exchange::send(&url, stream, &self.tls, request).await
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
                return Err(Unreached::Inside(address.ip()));
            }
            if url.scheme() == "http" && !self.policy.is_named(address.ip()) {
                return Err(Unreached::Plain);
            }
        }
        Ok(found)
    }
}

impl<'c> AsyncHttpClient<'c> for Outbound {
    type Error = Unreached;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(allowed: &[&str]) -> Outbound {
        let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
        Outbound::new(Policy { allowed, own: Vec::new() }).unwrap()
    }

    #[test]
    fn crooked_addresses_are_refused() {
        let long = format!("https://a.example/{}", "x".repeat(3000));
        for url in [
            "",
            "login.example.com",
            "ftp://a.example/",
            "file:///etc/passwd",
            "https://",
            "https://user:secret@a.example/",
            "https://user@a.example/",
            "https://a.example/#x",
            "https://a.example/\r\nx: y",
            "https://a example/",
            "http://a.example/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://127.1/",
            "https://2130706433/",
            "https://169.254.169.254/latest",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(outbound(&[]).check(url).is_err(), "{url}");
        }
        assert!(outbound(&[]).check("https://login.example.com/realms/a?b=c").is_ok());
    }

    #[test]
    fn plain_http_goes_to_named_ranges_only() {
        assert!(outbound(&["127.0.0.0/8"]).check("http://127.0.0.1:8080/").is_ok());
        assert!(matches!(
            outbound(&["127.0.0.0/8"]).check("http://10.0.0.1/"),
            Err(Unreached::Plain)
        ));
    }
}
