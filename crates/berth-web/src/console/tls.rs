//! The certificate of the console, read again when its files change.
//!
//! # Invariants
//!
//! * What cannot be read does not begin, and what changes into something that cannot be read is not
//!   taken: the certificate from before stays.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use berth_domain::chain;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

/// How often it is looked whether the files changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where a certificate is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and what leads from it to an authority, in PEM.
    pub certificate: PathBuf,
    /// Its private key in PEM, which nobody else may read.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Finds out whether they could be used as they are now, nobody else being able to read the key.
    pub fn check(&self) -> Result<(), TlsError> {
        read(self, &aws_lc_rs::default_provider()).map(drop)
    }
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("`{}` is not PEM with {what}", path.display())]
    NotPem { path: PathBuf, what: &'static str, source: pem::Error },

    #[error("`{}` can be read by others than its owner (mode {mode:04o}); make it 0600", path.display())]
    Open { path: PathBuf, mode: u32 },

    #[error("`{}` belongs to another user (uid {owner}), who can read it", path.display())]
    Foreign { path: PathBuf, owner: u32 },

    #[error("certificate and key do not belong together, or are of a kind that is not known here")]
    Unusable(#[source] rustls::Error),
}

/// TLS with the newest certificate.
#[derive(Debug)]
pub(super) struct Tls {
    config: Arc<ServerConfig>,
    newest: Arc<Newest>,
    files: TlsFiles,
    stamp: Stamp,
}

#[derive(Debug)]
struct Newest(RwLock<Arc<CertifiedKey>>);

/// Tells whether files changed. `None`: one is not there.
type Stamp = Option<[(u64, i64, i64, u64); 2]>;

impl Tls {
    pub(super) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let provider = aws_lc_rs::default_provider();
        let stamp = stamp(&files);
        let newest = Arc::new(Newest(RwLock::new(Arc::new(read(&files, &provider)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Unusable)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&newest) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), newest, files, stamp })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// Takes new certificates as they come, for ever.
    pub(super) async fn watch(&self) {
        let mut known = self.stamp;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let files = self.files.clone();
            let looked = tokio::task::spawn_blocking(move || {
                let now = stamp(&files);
                (now != known).then(|| (now, read(&files, &aws_lc_rs::default_provider())))
            });
            let Ok(Some((now, read))) = looked.await else { continue };
            known = now;
            match read {
                Ok(key) => {
                    *self.newest.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!("the console has a new certificate");
                }
                Err(error) => tracing::warn!(
                    error = chain(&error),
                    "the console keeps its certificate: the new one cannot be used"
                ),
            }
        }
    }
}

impl ResolvesServerCert for Newest {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn stamp(files: &TlsFiles) -> Stamp {
    let of = |path: &Path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.len()))
    };
    Some([of(&files.certificate)?, of(&files.key)?])
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let certificate = text_of(&files.certificate)?;
    let crooked = |path: &Path, what| {
        let path = path.to_owned();
        move |source| TlsError::NotPem { path, what, source }
    };
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<_, _>>()
        .and_then(
            |found: Vec<_>| {
                if found.is_empty() { Err(pem::Error::NoItemsFound) } else { Ok(found) }
            },
        )
        .map_err(crooked(&files.certificate, "a certificate"))?;
    let key = text_of(&files.key)?;
    let metadata = std::fs::metadata(&files.key)
        .map_err(|source| TlsError::Read { path: files.key.clone(), source })?;
    let (mode, owner) = (metadata.mode() & 0o777, metadata.uid());
    if mode & 0o077 != 0 {
        return Err(TlsError::Open { path: files.key.clone(), mode });
    }
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(TlsError::Foreign { path: files.key.clone(), owner });
    }
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(crooked(&files.key, "a private key"))?;
    CertifiedKey::from_der(certificates, key, provider).map_err(TlsError::Unusable)
}

fn text_of(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })
}
