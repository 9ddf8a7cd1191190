//! Networks of the fake engine.

use async_trait::async_trait;
use berth_domain::ObjectName;

use super::state::{FakeNetwork, FakeWorkload, State};
use super::{CallKind, FakeEngine};
use crate::{NetworkInfo, NetworkSpec, Networks, ObservedState, RuntimeError};

#[async_trait]
impl Networks for FakeEngine {
    async fn ensure(&self, spec: &NetworkSpec) -> Result<(), RuntimeError> {
        self.begin(CallKind::NetworkEnsure).await?;
        self.change(|state| ensure(state, spec))?;
        self.finish(CallKind::NetworkEnsure)
    }

    async fn remove(&self, name: &ObjectName) -> Result<(), RuntimeError> {
        self.begin(CallKind::NetworkRemove).await?;
        self.change(|state| remove(state, name.as_str()))?;
        self.finish(CallKind::NetworkRemove)
    }

    async fn observe(&self, name: &ObjectName) -> Result<Option<NetworkInfo>, RuntimeError> {
        self.begin(CallKind::NetworkObserve).await?;
        match self.state().networks.get(name.as_str()) {
            None => Ok(None),
            Some(network) => match describe(name.as_str(), network) {
                Some(info) => Ok(Some(info)),
                None => Err(RuntimeError::Foreign(name.to_string())),
            },
        }
    }

    async fn list(&self) -> Result<Vec<NetworkInfo>, RuntimeError> {
        self.begin(CallKind::NetworkList).await?;
        let describe = |state: &State| {
            let networks = state.networks.iter();
            networks.filter_map(|(name, network)| describe(name, network)).collect()
        };
        let (found, held) = {
            let mut state = self.state();
            (describe(&state), state.held_network_lists.pop_front())
        };
        if let Some(held) = held {
            let _ = held.await;
        }
        Ok(found)
    }
}

/// `None`: somebody else's.
fn describe(name: &str, network: &FakeNetwork) -> Option<NetworkInfo> {
    let labels = network.labels?;
    Some(NetworkInfo { name: name.to_owned(), subnet: network.subnet.clone(), labels })
}

fn ensure(state: &mut State, spec: &NetworkSpec) -> Result<(), RuntimeError> {
    let name = spec.name.as_str();
    let subnet = spec.subnet.to_string();
    let refuse = |message| Err(RuntimeError::Refused { action: "make the network", message });
    if let Some(there) = state.networks.get(name) {
        if there.labels.is_none() {
            return Err(RuntimeError::Foreign(name.to_owned()));
        }
        if there.subnet == subnet {
            return Ok(());
        }
        if is_in_use(state, name) {
            return refuse(format!("network `{name}` has another subnet and is in use"));
        }
    }
    if state.networks.iter().any(|(other, network)| other != name && network.subnet == subnet) {
        return refuse("Pool overlaps with other one on this address space".to_owned());
    }
    let network = FakeNetwork { subnet, labels: Some(spec.labels) };
    state.networks.insert(name.to_owned(), network);
    Ok(())
}

fn remove(state: &mut State, name: &str) -> Result<(), RuntimeError> {
    match state.networks.get(name) {
        None => return Ok(()),
        Some(network) if network.labels.is_none() => {
            return Err(RuntimeError::Foreign(name.to_owned()));
        }
        Some(_) => {}
    }
    let is_active = state
        .workloads
        .keys()
        .filter_map(|workload| state.ours(workload))
        .any(|workload| workload.is_on(name) && workload.state == ObservedState::Running);
    if is_active {
        let message = format!("network {name} has active endpoints");
        return Err(RuntimeError::Refused { action: "remove the network", message });
    }
    for workload in state.workloads.values_mut() {
        if let FakeWorkload::Ours(workload) = workload
            && workload.is_on(name)
        {
            workload.is_attached = false;
        }
    }
    state.networks.remove(name);
    Ok(())
}

fn is_in_use(state: &State, name: &str) -> bool {
    state.workloads.keys().filter_map(|other| state.ours(other)).any(|other| other.is_on(name))
}
