//! Whose signature under a certificate counts.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::Failure;

/// Trusts the authorities in this file, or those of the system.
pub(super) fn client(file: Option<&Path>) -> Result<Arc<ClientConfig>, Failure> {
    let roots = match file {
        Some(file) => of_file(file)?,
        None => of_system()?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("this build has no TLS")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn of_file(file: &Path) -> Result<RootCertStore, Failure> {
    let text = std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&text).filter_map(Result::ok).collect();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found);
    if added == 0 {
        return Err(Failure::refused(
            format!("there is no certificate in `{}`", file.display()),
            "it holds the certificates of authorities in PEM",
        ));
    }
    Ok(roots)
}

fn of_system() -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        return Err(Failure::refused(
            "this host knows no certificate authorities",
            "install `ca-certificates`, or name a file with `--ca-file`",
        ));
    }
    Ok(roots)
}
