//! Coming to the console the way somebody with a browser does.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_domain::{HostName, chain};
use berth_engine::{ConsoleDoor, ConsoleSeen};
use berth_web::{TlsFiles, read_certificate};
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::door;

/// Whoever does not answer within this does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The console of this process.
#[derive(Debug)]
pub(crate) struct ListeningConsole {
    address: SocketAddr,
    names: Vec<HostName>,
    tls: Option<TlsFiles>,
}

impl ListeningConsole {
    pub(crate) fn new(listening: SocketAddr, names: Vec<HostName>, tls: Option<TlsFiles>) -> Self {
        Self { address: door::reached(listening), names, tls }
    }

    /// Comes in. Returns the status, and the certificate if there is TLS.
    async fn come(&self) -> io::Result<(u16, Option<CertificateDer<'static>>)> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        if self.tls.is_none() {
            return Ok((self.ask(stream).await?, None));
        }
        let name = match self.names.first() {
            Some(name) => ServerName::try_from(name.to_string()).map_err(io::Error::other)?,
            None => ServerName::from(self.address.ip()),
        };
        let stream = TlsConnector::from(stranger()?).connect(name, stream).await?;
        let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let shown = shown.map(|shown| shown.clone().into_owned());
        Ok((self.ask(stream).await?, shown))
    }

    async fn ask(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> io::Result<u16> {
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let host = match self.names.first() {
            Some(name) => name.to_string(),
            None => self.address.to_string(),
        };
        let request = hyper::Request::get("/api/v1/health")
            .header(hyper::header::HOST, host)
            .header(hyper::header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(io::Error::other)?;
        door::status(sender, connection, request).await
    }
}

#[async_trait]
impl ConsoleDoor for ListeningConsole {
    async fn look(&self) -> ConsoleSeen {
        let came = match tokio::time::timeout(PATIENCE, self.come()).await {
            Ok(came) => came.map_err(|error| chain(&error)),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        };
        let (answer, shown) = match came {
            Ok((status, shown)) => (Ok(status), shown),
            Err(why) => (Err(why), None),
        };
        ConsoleSeen {
            answer,
            certificate: shown.map(|shown| read_certificate(&shown, &self.names)),
            unusable: self.unusable().await,
        }
    }
}

impl ListeningConsole {
    async fn unusable(&self) -> Option<String> {
        let files = self.tls.clone()?;
        match tokio::task::spawn_blocking(move || files.check()).await {
            Ok(checked) => checked.err().map(|error| chain(&error)),
            Err(error) => Some(error.to_string()),
        }
    }
}

/// Somebody who takes every certificate, because what it says is looked at afterwards.
fn stranger() -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Takes whoever answers at an address of our own. Nothing that is secret is sent to them.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
