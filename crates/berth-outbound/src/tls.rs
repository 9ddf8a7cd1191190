//! Whom we trust over TLS: the certificate authorities of the host.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("this build has no TLS that its peers speak")]
pub struct NoTls(#[source] rustls::Error);

/// A host without authorities is told so, and then trusts nobody: http to named ranges still works.
pub(super) fn client() -> Result<Arc<ClientConfig>, NoTls> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        tracing::warn!(
            "this host has no certificate authorities: no server over https can be trusted; \
             install `ca-certificates`"
        );
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(NoTls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
