//! Images of the fake engine, and the registry it fetches from.

use async_trait::async_trait;
use berth_domain::{Bytes, ImageRef};

use super::{CallKind, FakeEngine};
use crate::{ImageInfo, Images, PullProgress, RuntimeError};

#[async_trait]
impl Images for FakeEngine {
    async fn find(&self, reference: &ImageRef) -> Result<Option<ImageInfo>, RuntimeError> {
        self.begin(CallKind::ImageFind).await?;
        Ok(self.state().images.get(reference).cloned())
    }

    async fn pull(
        &self,
        reference: &ImageRef,
        progress: &mut (dyn FnMut(PullProgress) + Send),
    ) -> Result<ImageInfo, RuntimeError> {
        self.begin(CallKind::ImagePull).await?;
        let found = self.state().registry.get(reference).cloned();
        let info = found.ok_or_else(|| RuntimeError::NoSuchImage(reference.to_string()))?;
        progress(PullProgress { done: Bytes(0), total: info.size });
        progress(PullProgress { done: info.size, total: info.size });
        self.change(|state| state.images.insert(reference.clone(), info.clone()));
        self.finish(CallKind::ImagePull)?;
        Ok(info)
    }
}
