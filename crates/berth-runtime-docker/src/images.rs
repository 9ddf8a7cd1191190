//! Images.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use berth_domain::{Bytes, ImageRef};
use berth_runtime::{ImageInfo, Images, PullProgress, RuntimeError};
use bollard::errors::Error;
use bollard::models::{CreateImageInfo, ImageInspect};
use bollard::query_parameters::CreateImageOptions;
use futures_util::{StreamExt, TryStreamExt};

use crate::client::Client;
use crate::{failure, observation};

const FETCH: &str = "fetch the image";

#[derive(Debug)]
pub(crate) struct DockerImages {
    client: Arc<Client>,
}

impl DockerImages {
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Images for DockerImages {
    async fn find(&self, reference: &ImageRef) -> Result<Option<ImageInfo>, RuntimeError> {
        let docker = self.client.docker().await?;
        let look = docker.inspect_image(reference.as_str());
        self.client.find("look at the image", look).await?.map(describe).transpose()
    }

    async fn pull(
        &self,
        reference: &ImageRef,
        progress: &mut (dyn FnMut(PullProgress) + Send),
    ) -> Result<ImageInfo, RuntimeError> {
        let docker = self.client.docker().await?;
        let deadline = self.client.deadlines().pull;
        let mut answers = docker.create_image(Some(from_registry(reference)), None, None).boxed();
        let mut layers = Layers::default();
        let fetching = async {
            while let Some(answer) = answers.try_next().await? {
                if let Some(now) = layers.learn(&answer) {
                    progress(now);
                }
            }
            Ok(())
        };
        let fetched = self.client.attempt(FETCH, deadline, fetching).await?;
        fetched.map_err(|error| sort(reference, deadline.as_secs(), error))?;
        let found = self.find(reference).await?;
        let info = found.ok_or_else(|| RuntimeError::NoSuchImage(reference.to_string()))?;
        progress(layers.complete(&info));
        Ok(info)
    }
}

fn describe(image: ImageInspect) -> Result<ImageInfo, RuntimeError> {
    let id = image.id.as_deref().unwrap_or_default();
    let digest = observation::digest(id).ok_or_else(|| {
        failure::refused("describe the image", &format!("its id `{id}` is not a digest"))
    })?;
    let labels = image.config.and_then(|config| config.labels).unwrap_or_default();
    Ok(ImageInfo {
        digest,
        size: Bytes(image.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default()),
        labels: labels.into_iter().collect(),
    })
}

/// An engine that is given neither tag nor digest fetches every tag there is.
fn from_registry(reference: &ImageRef) -> CreateImageOptions {
    let text = reference.as_str();
    let last = text.rsplit('/').next().unwrap_or(text);
    let is_exact = text.contains('@') || last.contains(':');
    CreateImageOptions {
        from_image: Some(text.to_owned()),
        tag: (!is_exact).then(|| "latest".to_owned()),
        ..CreateImageOptions::default()
    }
}

fn sort(reference: &ImageRef, seconds: u64, error: Error) -> RuntimeError {
    if is_absent(&error) {
        RuntimeError::NoSuchImage(reference.to_string())
    } else {
        failure::sort(FETCH, seconds, error)
    }
}

/// Docker answers 404 for images that the registry does not have or does not show, and some registries'
/// own words arrive in the middle of a fetch.
fn is_absent(error: &Error) -> bool {
    match error {
        Error::DockerStreamError { error } => error.contains("manifest unknown"),
        other => failure::is_missing(other),
    }
}

/// What is known of every layer: how much there is of it, and how much of that has arrived.
#[derive(Debug, Default)]
struct Layers(BTreeMap<String, (u64, u64)>);

impl Layers {
    /// `None`: nothing new was said about sizes.
    fn learn(&mut self, said: &CreateImageInfo) -> Option<PullProgress> {
        let (id, status) = (said.id.as_ref()?, said.status.as_deref()?);
        let detail = said.progress_detail.as_ref();
        let number = |number: Option<i64>| number.and_then(|number| u64::try_from(number).ok());
        match status {
            "Downloading" => {
                let current = number(detail?.current)?;
                let total = number(detail?.total).unwrap_or(current).max(current);
                self.0.insert(id.clone(), (current, total));
            }
            "Download complete" => {
                let (current, total) = self.0.get_mut(id)?;
                *current = *total;
            }
            _ => return None,
        }
        let sum = |part: fn(&(u64, u64)) -> u64| Bytes(self.0.values().map(part).sum());
        Some(PullProgress { done: sum(|layer| layer.0), total: sum(|layer| layer.1) })
    }

    /// The end. Engines do not mention what they fetched between two of their reports, or had already, so
    /// nothing may be known of any layer.
    fn complete(&self, image: &ImageInfo) -> PullProgress {
        let known: u64 = self.0.values().map(|layer| layer.1).sum();
        let total = if known > 0 { Bytes(known) } else { image.size };
        PullProgress { done: total, total }
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::ProgressDetail;

    use super::*;

    fn said(id: &str, status: &str, current: i64, total: i64) -> CreateImageInfo {
        CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: Some(ProgressDetail { current: Some(current), total: Some(total) }),
            ..CreateImageInfo::default()
        }
    }

    #[test]
    fn progress_is_the_sum_of_the_layers() {
        let mut layers = Layers::default();
        let mut learn = |said| layers.learn(&said).map(|now| (now.done.0, now.total.0));

        assert_eq!(learn(said("a", "Pulling fs layer", 0, 0)), None);
        assert_eq!(learn(said("a", "Downloading", 10, 100)), Some((10, 100)));
        assert_eq!(learn(said("b", "Downloading", 5, 50)), Some((15, 150)));
        assert_eq!(learn(said("a", "Download complete", 0, 0)), Some((105, 150)));
        assert_eq!(learn(said("a", "Extracting", 1, 100)), None);
    }

    #[test]
    fn an_image_that_arrived_unseen_is_complete_all_the_same() {
        let digest = format!("sha256:{}", "ab".repeat(32)).parse().unwrap();
        let image = ImageInfo { digest, size: Bytes(9), labels: BTreeMap::new() };
        let mut layers = Layers::default();

        assert_eq!(layers.complete(&image), PullProgress { done: Bytes(9), total: Bytes(9) });
        layers.learn(&said("a", "Downloading", 10, 100));
        assert_eq!(layers.complete(&image), PullProgress { done: Bytes(100), total: Bytes(100) });
    }

    #[test]
    fn a_reference_without_a_tag_means_the_latest_and_not_all() {
        let tag = |text: &str| from_registry(&text.parse().unwrap()).tag;

        assert_eq!(tag("odoo").as_deref(), Some("latest"));
        assert_eq!(tag("registry.example:5000/odoo").as_deref(), Some("latest"));
        assert_eq!(tag("odoo:19.0"), None);
        assert_eq!(tag("odoo@sha256:00"), None);
    }
}
