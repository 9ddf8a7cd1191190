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

use std::sync::Arc;

use async_trait::async_trait;
use berth_domain::ObjectName;
use berth_runtime::{NetworkInfo, NetworkSpec, Networks, RuntimeError};
use bollard::models::{
    ContainerSummary, ContainerSummaryStateEnum, Ipam, IpamConfig, NetworkCreateRequest,
    NetworkDisconnectRequest,
};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::client::{Client, Connection};
use crate::dialect::{Dialect, Network};
use crate::{failure, guard, labels, raw};

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
            if there.is_isolated && there.subnet == spec.subnet.to_string() {
                return guard(client, spec.name.as_str()).await;
            }
            if !attached(client, &spec.name).await?.is_empty() {
                let message =
                    format!("network `{}` is not as it should be and is in use", spec.name);
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
        Ok(find_ours(&self.client, name).await?.map(describe))
    }

    async fn list(&self) -> Result<Vec<NetworkInfo>, RuntimeError> {
        let found = find_all(&self.client, labels::filter(self.client.home())).await?;
        let mut networks: Vec<_> = found.into_iter().map(describe).collect();
        networks.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(networks)
    }
}

fn describe(network: Network) -> NetworkInfo {
    NetworkInfo {
        name: network.name,
        subnet: network.subnet,
        labels: labels::read(&network.labels),
    }
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
    let dialect = client.connection().await?.dialect;
    let path = dialect.networks_path(&raw::filters(filter));
    let found = client.call("list networks", raw::get(client.socket(), &path)).await?;
    let networks = found.as_array().into_iter().flatten();
    networks.map(|network| read(dialect, network)).collect()
}

fn read(dialect: Dialect, said: &Value) -> Result<Network, RuntimeError> {
    let what = "its description has no name that this version of Berth can read";
    dialect.network(said).ok_or_else(|| failure::refused("describe the network", what))
}

/// Looks at any network, ours or not. `None`: there is none of that name.
pub(crate) async fn look(client: &Client, name: &str) -> Result<Option<Network>, RuntimeError> {
    let dialect = client.connection().await?.dialect;
    let path = dialect.network_path(name);
    let found = client.find("look at the network", raw::get(client.socket(), &path)).await?;
    let found = found.map(|said| read(dialect, &said)).transpose()?;
    // Engines also find networks by the beginning of their id.
    Ok(found.filter(|network| network.name == name))
}

/// `None`: there is none of that name.
async fn find_ours(client: &Client, name: &ObjectName) -> Result<Option<Network>, RuntimeError> {
    match look(client, name.as_str()).await? {
        Some(found) if labels::are_ours(Some(&found.labels), client.home()) => Ok(Some(found)),
        Some(_) => Err(RuntimeError::Foreign(name.to_string())),
        None => Ok(None),
    }
}

/// Makes sure that no other tenant reaches into the network, before anything runs in it. The firewall forgets
/// when the host restarts, so this is done again and again.
pub(crate) async fn guard(client: &Client, name: &str) -> Result<(), RuntimeError> {
    if !client.connection().await?.dialect.needs_guard() {
        return Ok(());
    }
    match look(client, name).await? {
        Some(network) => guard::raise(&network.subnet).await,
        // Nothing runs in a network that is not there.
        None => Ok(()),
    }
}

/// Containers that are on the network or will be when they start, ours or not.
async fn attached(
    client: &Client,
    name: &ObjectName,
) -> Result<Vec<ContainerSummary>, RuntimeError> {
    client.containers(("network".to_owned(), vec![name.to_string()])).await
}

async fn create(client: &Client, spec: &NetworkSpec) -> Result<(), RuntimeError> {
    let Connection { docker, dialect } = client.connection().await?;
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
        options: dialect.network_options(),
        labels: Some(labels::of_network(spec.labels, client.home())),
        ..NetworkCreateRequest::default()
    };
    let made = client.call(MAKE, docker.create_network(request)).await?;
    if dialect.shares_network_names() {
        return withdraw_if_taken(client, spec, &made.id).await;
    }
    let there = look(client, spec.name.as_str()).await?;
    if !there.is_some_and(|network| network.is_isolated) {
        return Err(failure::refused(MAKE, "it does not keep the network apart from others"));
    }
    guard(client, spec.name.as_str()).await
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
    let mut others = alike.iter().filter(|network| network.handle != id);
    if others.all(|network| network.name != spec.name.as_str()) {
        return Ok(());
    }
    let docker = client.docker().await?;
    client.find("remove the network", docker.remove_network(id)).await?;
    Err(RuntimeError::Foreign(spec.name.to_string()))
}

async fn detach(
    client: &Client,
    network: &Network,
    container: &ContainerSummary,
) -> Result<(), RuntimeError> {
    let docker = client.docker().await?;
    let request = NetworkDisconnectRequest {
        container: container.id.clone().unwrap_or_default(),
        force: Some(true),
    };
    let detached = client.find(
        "detach the container from the network",
        docker.disconnect_network(&network.handle, request),
    );
    detached.await.map(|_| ())
}

async fn remove(client: &Client, network: &Network) -> Result<(), RuntimeError> {
    let Connection { docker, dialect } = client.connection().await?;
    let removed = docker.remove_network(&network.handle);
    client.find("remove the network", removed).await?;
    // Not before: whatever still runs in it is in it until then.
    if dialect.needs_guard() { guard::lower(&network.subnet).await } else { Ok(()) }
}
