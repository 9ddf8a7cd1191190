//! Networks: a bridge of its own for every tenant, with addresses that Berth chose.
//!
//! # Known gap
//!
//! Docker keeps bridges apart by a jump in the firewall's `FORWARD` chain. Whenever it makes a network,
//! anybody's, it deletes that jump and inserts it again (libnetwork, `EnsureJumpRule`; about 4 ms in 20.10),
//! and what one container sends to another's network in between arrives. The Engine API offers nothing
//! against that. One rule of the host does: in a table that Docker leaves alone (`mangle`, chain `FORWARD`),
//! drop whatever is forwarded from Berth's range of addresses to that range. Only the host and one
//! container are on each network, so nothing that should pass is forwarded between two of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use berth_domain::ObjectName;
use berth_runtime::{NetworkInfo, NetworkSpec, Networks, RuntimeError};
use bollard::models::{
    ContainerSummary, ContainerSummaryStateEnum, Ipam, IpamConfig, Network, NetworkCreateRequest,
    NetworkDisconnectRequest, NetworkInspect,
};
use bollard::query_parameters::{
    InspectNetworkOptions, ListContainersOptions, ListNetworksOptions,
};
use tokio::sync::Mutex;

use crate::client::Client;
use crate::{failure, labels};

const MAKE: &str = "make the network";

#[derive(Debug)]
pub(crate) struct DockerNetworks {
    client: Arc<Client>,
    /// Engines make two networks of one name when asked twice at the same time.
    one_at_a_time: Mutex<()>,
}

impl DockerNetworks {
    pub(crate) fn new(client: Arc<Client>) -> Self {
        Self { client, one_at_a_time: Mutex::new(()) }
    }
}

#[async_trait]
impl Networks for DockerNetworks {
    async fn ensure(&self, spec: &NetworkSpec) -> Result<(), RuntimeError> {
        let client = &*self.client;
        let _guard = self.one_at_a_time.lock().await;
        if let Some(there) = find_ours(client, &spec.name).await? {
            if subnet(there.ipam.as_ref()) == Some(spec.subnet.to_string().as_str()) {
                return Ok(());
            }
            if !attached(client, &spec.name).await?.is_empty() {
                let message = format!("network `{}` has another subnet and is in use", spec.name);
                return Err(failure::refused(MAKE, &message));
            }
            remove(client, &there).await?;
        }
        create(client, spec).await
    }

    async fn remove(&self, name: &ObjectName) -> Result<(), RuntimeError> {
        let client = &*self.client;
        let Some(there) = find_ours(client, name).await? else {
            return Ok(());
        };
        for container in attached(client, name).await? {
            if !is_active(&container) && is_ours(&container, client.home()) {
                detach(client, &there, &container).await?;
            }
        }
        remove(client, &there).await
    }

    async fn observe(&self, name: &ObjectName) -> Result<Option<NetworkInfo>, RuntimeError> {
        let found = find_ours(&self.client, name).await?;
        Ok(found.map(|found| NetworkInfo {
            subnet: subnet(found.ipam.as_ref()).unwrap_or_default().to_owned(),
            labels: labels::read(&found.labels.unwrap_or_default()),
            name: name.to_string(),
        }))
    }

    async fn list(&self) -> Result<Vec<NetworkInfo>, RuntimeError> {
        let found = find_all(&self.client, labels::filter(self.client.home())).await?;
        let mut networks: Vec<_> = found.into_iter().filter_map(describe).collect();
        networks.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(networks)
    }
}

fn describe(network: Network) -> Option<NetworkInfo> {
    Some(NetworkInfo {
        subnet: subnet(network.ipam.as_ref()).unwrap_or_default().to_owned(),
        labels: labels::read(&network.labels.unwrap_or_default()),
        name: network.name?,
    })
}

fn subnet(ipam: Option<&Ipam>) -> Option<&str> {
    ipam?.config.as_ref()?.first()?.subnet.as_deref()
}

fn is_active(container: &ContainerSummary) -> bool {
    use ContainerSummaryStateEnum as State;

    !matches!(container.state, Some(State::CREATED | State::EXITED | State::DEAD))
}

fn is_ours(container: &ContainerSummary, home: &str) -> bool {
    labels::are_ours(container.labels.as_ref(), home)
}

async fn find_all(
    client: &Client,
    filter: (String, Vec<String>),
) -> Result<Vec<Network>, RuntimeError> {
    let docker = client.docker().await?;
    let options = ListNetworksOptions { filters: Some(HashMap::from([filter])) };
    client.call("list networks", docker.list_networks(Some(options))).await
}

/// `None`: there is none of that name.
async fn find_ours(
    client: &Client,
    name: &ObjectName,
) -> Result<Option<NetworkInspect>, RuntimeError> {
    let docker = client.docker().await?;
    let look = docker.inspect_network(name.as_str(), None::<InspectNetworkOptions>);
    let Some(found) = client.find("look at the network", look).await? else {
        return Ok(None);
    };
    // Engines also find networks by the beginning of their id.
    if found.name.as_deref() != Some(name.as_str()) {
        return Ok(None);
    }
    if labels::are_ours(found.labels.as_ref(), client.home()) {
        Ok(Some(found))
    } else {
        Err(RuntimeError::Foreign(name.to_string()))
    }
}

/// Containers that are on the network or will be when they start, ours or not.
async fn attached(
    client: &Client,
    name: &ObjectName,
) -> Result<Vec<ContainerSummary>, RuntimeError> {
    let docker = client.docker().await?;
    let filter = ("network".to_owned(), vec![name.to_string()]);
    let options = ListContainersOptions {
        all: true,
        filters: Some(HashMap::from([filter])),
        ..ListContainersOptions::default()
    };
    client.call("list containers", docker.list_containers(Some(options))).await
}

async fn create(client: &Client, spec: &NetworkSpec) -> Result<(), RuntimeError> {
    let addresses = IpamConfig {
        subnet: Some(spec.subnet.to_string()),
        gateway: Some(spec.subnet.gateway().to_string()),
        ..IpamConfig::default()
    };
    let request = NetworkCreateRequest {
        name: spec.name.to_string(),
        driver: Some("bridge".to_owned()),
        ipam: Some(Ipam { config: Some(vec![addresses]), ..Ipam::default() }),
        enable_ipv6: Some(false),
        labels: Some(labels::of_network(spec.labels, client.home())),
        ..NetworkCreateRequest::default()
    };
    let docker = client.docker().await?;
    let made = client.call(MAKE, docker.create_network(request)).await?;
    withdraw_if_taken(client, spec, &made.id).await
}

/// Engines up to Docker 24 let two networks have one name, so somebody else may have made theirs
/// between our look and our call. Ours goes then.
async fn withdraw_if_taken(
    client: &Client,
    spec: &NetworkSpec,
    id: &str,
) -> Result<(), RuntimeError> {
    let filter = ("name".to_owned(), vec![spec.name.to_string()]);
    let alike = find_all(client, filter).await?;
    // The filter also finds names that only contain this one.
    let others = alike.iter().filter(|network| {
        network.name.as_deref() == Some(spec.name.as_str()) && network.id.as_deref() != Some(id)
    });
    if others.count() == 0 {
        return Ok(());
    }
    let docker = client.docker().await?;
    client.find("remove the network", docker.remove_network(id)).await?;
    Err(RuntimeError::Foreign(spec.name.to_string()))
}

async fn detach(
    client: &Client,
    network: &NetworkInspect,
    container: &ContainerSummary,
) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    let request = NetworkDisconnectRequest {
        container: container.id.clone().unwrap_or_default(),
        force: Some(true),
    };
    let id = network.id.as_deref().unwrap_or_default();
    let detached = client
        .find("detach the container from the network", docker.disconnect_network(id, request));
    detached.await.map(|_| ())
}

async fn remove(client: &Client, network: &NetworkInspect) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    let id = network.id.as_deref().unwrap_or_default();
    client.find("remove the network", docker.remove_network(id)).await.map(|_| ())
}
