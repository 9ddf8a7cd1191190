//! Reads what the engine reports of a container.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use berth_domain::{Bytes, Digest, Limits, Timestamp};
use berth_runtime::{Endpoint, Exit, ObservedState, ObservedWorkload};
use bollard::models::{
    ContainerInspectResponse, ContainerState, ContainerStateStatusEnum, HostConfig,
};

use crate::dialect::PORTS;
use crate::labels;

/// Why a container that is ours by its label cannot be described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the engine's description of `{name}` has no {what} that this version of Berth can read")]
pub(crate) struct Unreadable {
    pub(crate) name: String,
    pub(crate) what: &'static str,
}

/// Describes one of our containers.
pub(crate) fn observe(found: &ContainerInspectResponse) -> Result<ObservedWorkload, Unreadable> {
    let name = found.name.as_deref().unwrap_or_default().trim_start_matches('/').to_owned();
    let unreadable = |what| Unreadable { name: name.clone(), what };
    let labels = found.config.as_ref().and_then(|config| config.labels.clone()).unwrap_or_default();
    let ids = labels::read(&labels);
    let state = state(found.state.as_ref());
    Ok(ObservedWorkload {
        role: labels::role(&labels).ok_or_else(|| unreadable("role"))?,
        image: image(found).ok_or_else(|| unreadable("image"))?,
        tenant: ids.tenant,
        operation: ids.operation,
        generation: labels::generation(&labels),
        limits: found.host_config.as_ref().and_then(limits),
        endpoints: endpoints(found, state),
        started_at: started_at(found),
        state,
        name,
    })
}

/// Engines write the year 1 for "never".
fn started_at(found: &ContainerInspectResponse) -> Option<Timestamp> {
    let at: Timestamp = found.state.as_ref()?.started_at.as_ref()?.parse().ok()?;
    (at > Timestamp::UNIX_EPOCH).then_some(at)
}

pub(crate) fn state(state: Option<&ContainerState>) -> ObservedState {
    use ContainerStateStatusEnum as Status;

    let status = state.and_then(|state| state.status).unwrap_or(Status::EMPTY);
    match status {
        Status::EMPTY | Status::CREATED => ObservedState::Created,
        Status::RUNNING | Status::PAUSED | Status::RESTARTING | Status::STOPPING => {
            ObservedState::Running
        }
        Status::REMOVING | Status::EXITED | Status::DEAD => ObservedState::Exited(exit(state)),
    }
}

/// Engines also set the flag when only a child was killed and the program went on; a program that
/// ended with success was not ended by the kernel.
fn exit(state: Option<&ContainerState>) -> Exit {
    let code = state.and_then(|state| state.exit_code).unwrap_or_default();
    let flag = state.and_then(|state| state.oom_killed).unwrap_or_default();
    Exit { code, out_of_memory: flag && code != 0 }
}

/// `None`: the engine's own id of the image is not a digest.
pub(crate) fn image(found: &ContainerInspectResponse) -> Option<Digest> {
    digest(found.image.as_deref()?)
}

/// Podman leaves the `sha256:` out.
pub(crate) fn digest(id: &str) -> Option<Digest> {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    format!("sha256:{hex}").parse().ok()
}

/// What is in force; `None` when one of the three is unlimited.
pub(crate) fn limits(config: &HostConfig) -> Option<Limits> {
    let positive = |number: Option<i64>| {
        number.and_then(|number| u64::try_from(number).ok()).filter(|&number| number > 0)
    };
    let cpu_millis = match positive(config.nano_cpus) {
        Some(nanos) => nanos / 1_000_000,
        None => positive(config.cpu_quota)? * 1000 / positive(config.cpu_period)?,
    };
    Some(Limits {
        cpu_millis: u32::try_from(cpu_millis).ok()?,
        memory: Bytes(positive(config.memory)?),
        pids: u32::try_from(positive(config.pids_limit)?).ok()?,
    })
}

fn endpoints(found: &ContainerInspectResponse, state: ObservedState) -> BTreeMap<u16, Endpoint> {
    if state != ObservedState::Running {
        return BTreeMap::new();
    }
    let published = published(found);
    if !published.is_empty() {
        return published;
    }
    let networks = found.network_settings.as_ref().and_then(|settings| settings.networks.as_ref());
    let address = networks
        .into_iter()
        .flat_map(|networks| networks.values())
        .find_map(|network| network.ip_address.as_deref()?.parse::<IpAddr>().ok());
    let Some(address) = address else {
        return BTreeMap::new();
    };
    PORTS.into_iter().map(|port| (port, Endpoint::new(SocketAddr::new(address, port)))).collect()
}

/// Ports of the host that lead to the container, where the host does not reach its network.
fn published(found: &ContainerInspectResponse) -> BTreeMap<u16, Endpoint> {
    let ports = found.network_settings.as_ref().and_then(|settings| settings.ports.as_ref());
    let lead = |port: u16| {
        let bindings = ports?.get(&format!("{port}/tcp"))?.as_ref()?;
        let of_host = bindings.iter().find_map(|binding| {
            let address: IpAddr = binding.host_ip.as_deref()?.parse().ok()?;
            Some(SocketAddr::new(address, binding.host_port.as_deref()?.parse().ok()?))
        })?;
        Some((port, Endpoint::new(of_host)))
    };
    PORTS.into_iter().filter_map(lead).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(exit_code: i64, oom_killed: bool) -> ContainerState {
        ContainerState {
            status: Some(ContainerStateStatusEnum::EXITED),
            exit_code: Some(exit_code),
            oom_killed: Some(oom_killed),
            ..ContainerState::default()
        }
    }

    #[test]
    fn a_program_that_survived_the_death_of_a_child_did_not_run_out_of_memory() {
        let out_of_memory = |code, flag| match state(Some(&ended(code, flag))) {
            ObservedState::Exited(exit) => exit.out_of_memory,
            ObservedState::Created | ObservedState::Running => panic!("it ended"),
        };

        assert!(out_of_memory(137, true));
        assert!(!out_of_memory(137, false));
        assert!(!out_of_memory(0, true));
    }

    #[test]
    fn a_published_port_is_where_the_host_reaches_a_container() {
        let found = |ports: serde_json::Value| -> ContainerInspectResponse {
            serde_json::from_value(serde_json::json!({
                "NetworkSettings": {
                    "Ports": ports, "Networks": {"t_0": {"IPAddress": "10.0.0.2"}},
                },
            }))
            .unwrap()
        };
        let at = |found: &ContainerInspectResponse| {
            endpoints(found, ObservedState::Running)[&8069].address().to_string()
        };
        let binding = serde_json::json!([{"HostIp": "127.0.0.1", "HostPort": "40001"}]);

        assert_eq!(at(&found(serde_json::json!({ "8069/tcp": binding }))), "127.0.0.1:40001");
        assert_eq!(at(&found(serde_json::json!({ "8069/tcp": null }))), "10.0.0.2:8069");
        assert_eq!(at(&found(serde_json::json!({}))), "10.0.0.2:8069");
    }

    #[test]
    fn limits_are_none_unless_all_three_are_in_force() {
        let config = |memory, pids| HostConfig {
            nano_cpus: Some(1_500_000_000),
            memory: Some(memory),
            pids_limit: pids,
            ..HostConfig::default()
        };

        let all = limits(&config(1 << 30, Some(64)));
        assert_eq!(all, Some(Limits { cpu_millis: 1500, memory: Bytes(1 << 30), pids: 64 }));
        assert_eq!(limits(&config(0, Some(64))), None);
        assert_eq!(limits(&config(1 << 30, None)), None);
        assert_eq!(limits(&config(1 << 30, Some(-1))), None);
    }
}
