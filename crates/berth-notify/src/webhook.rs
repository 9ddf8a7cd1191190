//! One POST per message.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use berth_domain::Timestamp;
use berth_domain::notice::Message;
use berth_engine::{Undelivered, Webhook};
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::{Policy, Resolve, sign};

/// How much of an answer's head is read.
const HEAD: usize = 16 * 1024;
/// How long an address may be.
const LONGEST: usize = 2000;

#[derive(Debug)]
pub(crate) struct Webhooks {
    policy: Policy,
    resolver: Arc<dyn Resolve>,
    patience: Duration,
    tls: Arc<ClientConfig>,
}

impl Webhooks {
    pub(crate) fn new(
        policy: Policy,
        (resolver, patience): (Arc<dyn Resolve>, Duration),
        tls: Arc<ClientConfig>,
    ) -> Self {
        Self { policy, resolver, patience, tls }
    }

    /// Reads an address, as far as it can be judged without asking anybody.
    pub(crate) fn check(&self, text: &str) -> Result<Url, String> {
        const SHAPE: &str = "write an address like `https://hooks.example.com/berth`";
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(SHAPE.to_owned());
        }
        let url = Url::parse(text).map_err(|_| SHAPE.to_owned())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a name or password has no place in it: messages are signed".to_owned());
        }
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(SHAPE.to_owned()),
        };
        match url.scheme() {
            "https" => {}
            "http" if literal.is_some_and(|address| self.policy.is_named(address)) => {}
            "http" if literal.is_none() && !self.policy.allowed.is_empty() => {}
            "http" => return Err(HTTP.to_owned()),
            _ => return Err(SHAPE.to_owned()),
        }
        match literal {
            Some(address) if !self.policy.allows(address) => Err(refused(address)),
            _ => Ok(url),
        }
    }

    pub(crate) async fn post(
        &self,
        to: &Webhook,
        message: &Message,
        at: Timestamp,
    ) -> Result<(), Undelivered> {
        let url = self.check(&to.url).map_err(Undelivered::Refused)?;
        let request = request(&url, to, message, at)?;
        let answer = async {
            let addresses = self.addresses(&url).await?;
            let stream = connect(&addresses).await?;
            self.send(&url, stream, request).await
        };
        let patience = self.patience;
        let late = |_| Undelivered::Failed(format!("no answer within {patience:?}"));
        judge(tokio::time::timeout(patience, answer).await.map_err(late)??)
    }

    /// The addresses of a host, every one of which may be reached.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Undelivered> {
        let port = url.port_or_known_default().unwrap_or(443);
        let found = match url.host() {
            Some(Host::Ipv4(address)) => vec![SocketAddr::new(address.into(), port)],
            Some(Host::Ipv6(address)) => vec![SocketAddr::new(address.into(), port)],
            Some(Host::Domain(name)) => {
                let found = self.resolver.resolve(name, port).await;
                found.map_err(|error| Undelivered::Failed(format!("cannot find it: {error}")))?
            }
            None => Vec::new(),
        };
        if found.is_empty() {
            return Err(Undelivered::Failed("its name has no address".to_owned()));
        }
        for address in &found {
            if !self.policy.allows(address.ip()) {
                return Err(Undelivered::Refused(refused(address.ip())));
            }
            if url.scheme() == "http" && !self.policy.is_named(address.ip()) {
                return Err(Undelivered::Refused(HTTP.to_owned()));
            }
        }
        Ok(found)
    }

    async fn send(
        &self,
        url: &Url,
        stream: TcpStream,
        request: Request<Full<Bytes>>,
    ) -> Result<StatusCode, Undelivered> {
        if url.scheme() == "http" {
            return speak(stream, request).await;
        }
        let name = match url.host() {
            Some(Host::Ipv4(address)) => Some(ServerName::from(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => Some(ServerName::from(IpAddr::V6(address))),
            Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()).ok(),
            None => None,
        };
        let name = name.ok_or_else(|| Undelivered::Refused("it has no name".to_owned()))?;
        let tls = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await;
        speak(tls.map_err(|error| Undelivered::Failed(format!("TLS: {error}")))?, request).await
    }
}

const HTTP: &str = "messages go over https; http only to ranges that `notify.allow_private` names";

fn refused(address: IpAddr) -> String {
    format!("{address} is not a public address: `notify.allow_private` can name its range")
}

fn request(
    url: &Url,
    to: &Webhook,
    message: &Message,
    at: Timestamp,
) -> Result<Request<Full<Bytes>>, Undelivered> {
    let body = message.to_json();
    let timestamp = at.as_second();
    let signature = sign(&to.secret, &message.id, timestamp, body.as_bytes())
        .ok_or_else(|| Undelivered::Refused("its secret cannot be used".to_owned()))?;
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Request::post(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, "berth")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| Undelivered::Refused(error.to_string()))
}

/// Connects to one of the addresses that were checked.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, Undelivered> {
    TcpStream::connect(addresses)
        .await
        .map_err(|error| Undelivered::Failed(format!("cannot connect: {error}")))
}

/// Sends a request and reads the head of the answer. What follows is not read.
async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, Undelivered> {
    let failed = |error: hyper::Error| Undelivered::Failed(format!("HTTP: {error}"));
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD);
    let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let answer = sender.send_request(request);
    tokio::pin!(answer, connection);
    tokio::select! {
        answer = &mut answer => answer.map_err(failed).map(|answer| answer.status()),
        ended = &mut connection => {
            ended.map_err(failed)?;
            answer.await.map_err(failed).map(|answer| answer.status())
        }
    }
}

fn judge(status: StatusCode) -> Result<(), Undelivered> {
    if status.is_success() {
        return Ok(());
    }
    let code = status.as_u16();
    match status {
        StatusCode::GONE => Err(Undelivered::Gone),
        _ if status.is_redirection() => {
            Err(Undelivered::Failed(format!("it answered {code}: redirects are not followed")))
        }
        _ => Err(Undelivered::Failed(format!("it answered {code}"))),
    }
}
