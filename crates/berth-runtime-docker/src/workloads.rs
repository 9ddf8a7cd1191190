//! Containers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use berth_runtime::{
    Attachment, Exit, LogLine, ObservedState, ObservedWorkload, RuntimeError, WorkloadName,
    WorkloadSpec, Workloads,
};
use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::{
    CreateContainerOptions, RemoveContainerOptions, StartContainerOptions, StopContainerOptions,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::client::{Client, Connection};
use crate::{config, failure, fingerprint, job, labels, networks, observation};

/// Containers that are looked at side by side while they are listed.
const LOOKS_AT_ONCE: usize = 8;

/// What a stop waits when the engine does not say how long its grace period is: Docker's default.
const DEFAULT_GRACE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct DockerWorkloads {
    client: Arc<Client>,
}

impl DockerWorkloads {
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Workloads for DockerWorkloads {
    async fn ensure(&self, spec: &WorkloadSpec) -> Result<(), RuntimeError> {
        let client = &*self.client;
        if let Some(there) = client.find_ours(&spec.name).await? {
            let labels = there.config.as_ref().and_then(|config| config.labels.as_ref());
            if labels.map(labels::generation).unwrap_or_default() > spec.generation {
                return Err(RuntimeError::Stale(spec.name.to_string()));
            }
            if is_as_specified(client, &there, spec).await? {
                return Ok(());
            }
            // Before anything is taken down: a container that cannot be made again must stay.
            require_image(client, spec).await?;
            stop(client, &there).await?;
            remove(client, &there).await?;
        }
        create(client, spec).await?;
        Ok(())
    }

    async fn start(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        let there = self.client.get_ours(name).await?;
        let attached = there.network_settings.as_ref().and_then(|found| found.networks.as_ref());
        for network in attached.into_iter().flat_map(HashMap::keys) {
            networks::guard(&self.client, network).await?;
        }
        start(&self.client, id(&there)).await
    }

    async fn stop(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        match self.client.find_ours(name).await? {
            Some(there) => stop(&self.client, &there).await,
            None => Ok(()),
        }
    }

    async fn remove(&self, name: &WorkloadName) -> Result<(), RuntimeError> {
        match self.client.find_ours(name).await? {
            Some(there) => remove(&self.client, &there).await,
            None => Ok(()),
        }
    }

    async fn observe(&self, name: &WorkloadName) -> Result<Option<ObservedWorkload>, RuntimeError> {
        let found = self.client.find_ours(name).await?;
        let described = found.as_ref().map(observation::observe).transpose();
        described.map_err(|error| failure::refused("describe the container", &error.to_string()))
    }

    async fn list(&self) -> Result<Vec<ObservedWorkload>, RuntimeError> {
        let client = &*self.client;
        let found = client.containers(labels::filter(client.home())).await?;
        let ids = found.into_iter().filter_map(|container| container.id);
        let looks = ids.map(|id| async move { client.inspect(&id).await });
        let mut workloads: Vec<_> = stream::iter(looks)
            .buffer_unordered(LOOKS_AT_ONCE)
            .try_filter_map(async |found| Ok(found.as_ref().and_then(describe)))
            .try_collect()
            .await?;
        workloads.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(workloads)
    }

    async fn run(
        &self,
        spec: &WorkloadSpec,
        deadline: Duration,
        output: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<Exit, RuntimeError> {
        job::run(&self.client, spec, deadline, output).await
    }
}

/// `None`, with a warning, for a container that only a newer version of Berth understands.
fn describe(found: &ContainerInspectResponse) -> Option<ObservedWorkload> {
    observation::observe(found)
        .inspect_err(|error| tracing::warn!(%error, "a container is left alone"))
        .ok()
}

pub(crate) fn id(found: &ContainerInspectResponse) -> &str {
    found.id.as_deref().unwrap_or_default()
}

/// Compares with what the engine has now and not only with what was asked for once: a person may have
/// changed a limit or removed the network since.
async fn is_as_specified(
    client: &Client,
    there: &ContainerInspectResponse,
    spec: &WorkloadSpec,
) -> Result<bool, RuntimeError> {
    let labels = there.config.as_ref().and_then(|config| config.labels.as_ref());
    let fingerprint = labels.and_then(labels::fingerprint);
    let limits = there.host_config.as_ref().and_then(observation::limits);
    let is_same = fingerprint == Some(fingerprint::of(spec).as_str())
        && observation::image(there).as_ref() == Some(&spec.image)
        && limits == spec.limits;
    Ok(is_same && is_on_its_network(client, there, spec).await?)
}

/// A container refers to its network by the id that the network had, so one that was made again under
/// the same name is another network.
async fn is_on_its_network(
    client: &Client,
    there: &ContainerInspectResponse,
    spec: &WorkloadSpec,
) -> Result<bool, RuntimeError> {
    let Attachment::Network { name, .. } = &spec.attachment else {
        return Ok(true);
    };
    let networks = there.network_settings.as_ref().and_then(|settings| settings.networks.as_ref());
    let Some(endpoint) = networks.and_then(|networks| networks.get(name.as_str())) else {
        return Ok(false);
    };
    let remembered = endpoint.network_id.as_deref().unwrap_or_default();
    // It was never started, so it will look its network up by name.
    if remembered.is_empty() {
        return Ok(true);
    }
    let connection = client.connection().await?;
    if connection.dialect.refers_to_networks_by_name() {
        return Ok(true);
    }
    let network = networks::look(client, name.as_str()).await?;
    Ok(network.is_some_and(|network| network.handle == remembered))
}

async fn require_image(client: &Client, spec: &WorkloadSpec) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    let image = client.find("look at the image", docker.inspect_image(spec.image.as_str())).await?;
    image.map(|_| ()).ok_or_else(|| RuntimeError::NoSuchImage(spec.image.to_string()))
}

/// Makes the container and returns its id.
pub(crate) async fn create(client: &Client, spec: &WorkloadSpec) -> Result<String, RuntimeError> {
    const ACTION: &str = "make the container";
    let connection = client.connection().await?;
    let Connection { docker, dialect } = connection;
    if let Attachment::Network { name, .. } = &spec.attachment {
        networks::guard(client, name.as_str()).await?;
    }
    let mut body = config::container(spec, client.home(), *dialect)?;
    let options =
        CreateContainerOptions { name: Some(spec.name.to_string()), platform: String::new() };
    let deadline = client.deadlines().call;
    let attempt = |body| {
        client.attempt(ACTION, deadline, docker.create_container(Some(options.clone()), body))
    };
    let mut made = attempt(body.clone()).await?;
    if made.as_ref().is_err_and(|error| dialect.lacks_init(&error.to_string())) {
        client.warn_of_zombies();
        config::without_init(&mut body);
        made = attempt(body).await?;
    }
    match made {
        Ok(made) => Ok(made.id),
        Err(error) if failure::is_missing(&error) && is_about_image(&error) => {
            Err(RuntimeError::NoSuchImage(spec.image.to_string()))
        }
        Err(error) => Err(failure::sort(ACTION, deadline.as_secs(), error)),
    }
}

/// Newer engines also answer 404 when the network is missing.
fn is_about_image(error: &bollard::errors::Error) -> bool {
    error.to_string().to_lowercase().contains("no such image")
}

pub(crate) async fn start(client: &Client, id: &str) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    client
        .call("start the container", docker.start_container(id, None::<StartContainerOptions>))
        .await
}

async fn stop(client: &Client, there: &ContainerInspectResponse) -> Result<(), RuntimeError> {
    const ACTION: &str = "stop the container";
    if observation::state(there.state.as_ref()) != ObservedState::Running {
        return Ok(());
    }
    let grace = there.config.as_ref().and_then(|config| config.stop_timeout);
    let grace = grace.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    let deadline = client.deadlines().call + grace.unwrap_or(DEFAULT_GRACE);
    let docker = client.docker().await?;
    let stopped = client
        .attempt(ACTION, deadline, docker.stop_container(id(there), None::<StopContainerOptions>))
        .await?;
    match stopped {
        Ok(()) => {}
        Err(error) if failure::is_missing(&error) => return Ok(()),
        Err(error) => return Err(failure::sort(ACTION, deadline.as_secs(), error)),
    }
    client
        .wait_for(ACTION, || async {
            let now = client.inspect(id(there)).await?;
            let state = now.map(|now| observation::state(now.state.as_ref()));
            Ok((state != Some(ObservedState::Running)).then_some(()))
        })
        .await
}

/// Also removes the volumes that the image declares and the engine made without a name.
pub(crate) async fn remove(
    client: &Client,
    there: &ContainerInspectResponse,
) -> Result<(), RuntimeError> {
    remove_by_id(client, id(there)).await
}

pub(crate) async fn remove_by_id(client: &Client, id: &str) -> Result<(), RuntimeError> {
    const ACTION: &str = "remove the container";
    let options = RemoveContainerOptions { force: true, v: true, link: false };
    let deadline = client.deadlines().call;
    let docker = client.docker().await?;
    let removed =
        client.attempt(ACTION, deadline, docker.remove_container(id, Some(options))).await?;
    match removed {
        Ok(()) => {}
        // It is gone, or somebody is removing it already: wait for the end of that.
        Err(error) if failure::is_missing(&error) || failure::is_conflict(&error) => {}
        Err(error) => return Err(failure::sort(ACTION, deadline.as_secs(), error)),
    }
    client
        .wait_for(ACTION, || async { Ok(client.inspect(id).await?.is_none().then_some(())) })
        .await
}
