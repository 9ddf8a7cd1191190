//! Images that the engine has or can fetch.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use berth_domain::{Bytes, Digest, ImageRef};

use crate::RuntimeError;

/// Finds and fetches images.
#[async_trait]
pub trait Images: Send + Sync + fmt::Debug {
    /// `None`: the engine does not have it. Never asks a registry.
    async fn find(&self, reference: &ImageRef) -> Result<Option<ImageInfo>, RuntimeError>;

    /// Fetches from the registry that the reference names, reporting progress.
    /// [`RuntimeError::NoSuchImage`] when the registry has none, [`RuntimeError::Refused`] when it
    /// cannot be reached.
    async fn pull(
        &self,
        reference: &ImageRef,
        progress: &mut (dyn FnMut(PullProgress) + Send),
    ) -> Result<ImageInfo, RuntimeError>;
}

/// An image that the engine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageInfo {
    pub digest: Digest,
    pub size: Bytes,
    pub labels: BTreeMap<String, String>,
}

/// How far a fetch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullProgress {
    pub done: Bytes,
    /// Grows while the registry announces layers.
    pub total: Bytes,
}
