//! The same API over TCP.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use berth_store::claim;
use berth_testkit::SystemClock;
use berth_testkit::tls;
use berth_web::{Console, ConsoleConfig, ConsoleLimits, TlsFiles, serve_console};
use jiff::SignedDuration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;

use crate::app::{App, DEADLINE};

/// A listener. It stops with the value.
pub(crate) struct Tcp {
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) server: JoinSet<()>,
    _open: watch::Sender<bool>,
}

pub(crate) fn config() -> ConsoleConfig {
    ConsoleConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        names: Vec::new(),
        trusted_proxies: Vec::new(),
        tls: None,
        limits: ConsoleLimits::default(),
    }
}

impl Tcp {
    pub(crate) async fn start(app: &App) -> Self {
        Self::with(app, |_| {}).await
    }

    /// Of an installation that somebody claimed, if nobody else did.
    pub(crate) async fn with(app: &App, change: impl FnOnce(&mut ConsoleConfig)) -> Self {
        let now = app.installation.clock.now();
        let mut tx = app.installation.store.begin().await.unwrap();
        if claim::put(&mut tx, "digest", now + SignedDuration::from_hours(1))
            .await
            .unwrap()
            .is_updated()
        {
            assert!(claim::redeem(&mut tx, "digest", now).await.unwrap().is_updated());
        }
        tx.commit().await.unwrap();
        Self::unclaimed(app, change).await
    }

    /// Of one as it is.
    pub(crate) async fn unclaimed(app: &App, change: impl FnOnce(&mut ConsoleConfig)) -> Self {
        let mut wanted = config();
        change(&mut wanted);
        let console = Console::bind(wanted, Arc::new(SystemClock)).await.unwrap();
        let (address, stop) = (console.address(), CancellationToken::new());
        let (open, is_open) = watch::channel(true);
        let mut server = JoinSet::new();
        server.spawn(serve_console(app.web.clone(), console, is_open, stop.clone()));
        Self { address, stop, server, _open: open }
    }
}

impl Drop for Tcp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Sends a request and returns the status of its answer, which may go on for ever.
pub(crate) async fn status_line<S>(mut stream: S, request: &str) -> u16
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let asking = async {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.contains(&b'\n') {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "{request}");
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    };
    tokio::time::timeout(DEADLINE, asking).await.unwrap_or_else(|_| panic!("{request}"))
}

pub(crate) fn permit(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Puts a certificate for `localhost` into a folder, in place of what is there.
pub(crate) fn certificate(folder: &Path, name: &str) -> TlsFiles {
    let files =
        TlsFiles { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    let pair = tls::pair(name);
    std::fs::write(&files.key, pair.key).unwrap();
    permit(&files.key, 0o600);
    std::fs::write(&files.certificate, pair.certificate).unwrap();
    files
}

/// Sends a request over TLS. Returns the answer, and the certificate that was shown.
pub(crate) async fn over_tls(tcp: &Tcp, request: &str) -> std::io::Result<(String, Vec<u8>)> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(tls::AUTHORITY.as_bytes()).unwrap()).unwrap();
    let provider = tokio_rustls::rustls::crypto::aws_lc_rs::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(tcp.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    Ok((String::from_utf8_lossy(&answer).into_owned(), shown))
}
