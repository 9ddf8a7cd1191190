//! The one place that says what a container may do.
//!
//! # Invariants
//!
//! * Every capability is dropped and none is added; Odoo and PostgreSQL run as unprivileged users and
//!   need none. `no-new-privileges` is set, so no program inside can gain any.
//! * No namespace of the host and no device is given away, and no port of the host other than one of its
//!   loopback, where an engine leaves no other way in.
//! * Folders of the host are mounted as structured bind mounts: nothing in a path is syntax.
//! * The engine never restarts a container: Berth does, in its own order.
//! * Memory is never swapped out: a limit is a limit.

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use berth_domain::{Bytes, Limits};
use berth_runtime::{Attachment, Mount, RuntimeError, UserIds, WorkloadSpec};
use bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HealthConfig, HostConfig,
    HostConfigCgroupnsModeEnum, HostConfigLogConfig, Mount as EngineMount, MountBindOptions,
    MountBindOptionsPropagationEnum, MountType, NetworkingConfig, RestartPolicy,
    RestartPolicyNameEnum,
};

use crate::dialect::Dialect;
use crate::{failure, fingerprint, labels};

/// How much of a container's log the engine keeps.
const LOG_FILES: [(&str, &str); 2] = [("max-size", "10m"), ("max-file", "3")];

/// Returns the engine's description of a container. Refuses an empty command, which engines would take
/// for the image's own.
pub(crate) fn container(
    spec: &WorkloadSpec,
    home: &str,
    dialect: Dialect,
) -> Result<ContainerCreateBody, RuntimeError> {
    let (program, arguments) = spec
        .command
        .split_first()
        .ok_or_else(|| failure::refused("make the container", "its command is empty"))?;
    let environment = spec.environment.iter().map(|(name, value)| format!("{name}={value}"));
    let host = host_config(spec, dialect);
    Ok(ContainerCreateBody {
        image: Some(spec.image.to_string()),
        entrypoint: Some(vec![program.clone()]),
        cmd: Some(arguments.to_vec()),
        env: Some(environment.collect()),
        user: spec.user.map(|UserIds { uid, gid }| format!("{uid}:{gid}")),
        labels: Some(labels::of_workload(spec, home, fingerprint::of(spec))),
        // Berth probes by itself; an image's own check would only use the tenant's processor time.
        healthcheck: Some(HealthConfig {
            test: Some(vec!["NONE".to_owned()]),
            ..HealthConfig::default()
        }),
        stop_signal: spec.stop_signal.map(str::to_owned),
        stop_timeout: Some(whole_seconds(spec.stop_grace)),
        exposed_ports: exposed_ports(&host),
        host_config: Some(host),
        networking_config: networking(&spec.attachment),
        ..ContainerCreateBody::default()
    })
}

/// For an engine that turned out to have no init program.
pub(crate) fn without_init(made: &mut ContainerCreateBody) {
    if let Some(host) = &mut made.host_config {
        host.init = None;
    }
}

fn host_config(spec: &WorkloadSpec, dialect: Dialect) -> HostConfig {
    let is_networked = spec.attachment != Attachment::None;
    let port_bindings = is_networked.then(|| dialect.port_bindings()).flatten();
    HostConfig {
        // Somebody has to reap the processes that a tenant's workers leave behind.
        init: dialect.has_init.then_some(true),
        privileged: Some(false),
        cap_drop: Some(vec!["ALL".to_owned()]),
        security_opt: Some(vec!["no-new-privileges:true".to_owned()]),
        ipc_mode: Some("private".to_owned()),
        cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
        network_mode: Some(network_mode(&spec.attachment)),
        publish_all_ports: Some(false),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        auto_remove: Some(false),
        log_config: Some(log_config()),
        ulimits: dialect.ulimits(),
        mounts: Some(spec.mounts.iter().map(bind).collect()),
        readonly_rootfs: Some(spec.read_only_root),
        tmpfs: Some(spec.scratch.iter().map(|&path| scratch(path)).collect()),
        shm_size: spec.shared_memory.map(|size| signed(size.0)),
        port_bindings,
        ..limits(spec.limits, dialect)
    }
}

/// A port that is published has to be one that the container says it has.
fn exposed_ports(host: &HostConfig) -> Option<Vec<String>> {
    host.port_bindings.as_ref().map(|bindings| bindings.keys().cloned().collect())
}

fn limits(limits: Option<Limits>, dialect: Dialect) -> HostConfig {
    let Some(Limits { cpu_millis, memory, pids }) = limits else {
        return HostConfig { pids_limit: dialect.unlimited_pids(), ..HostConfig::default() };
    };
    HostConfig {
        memory: Some(signed(memory.0)),
        // The sum of memory and swap: equal to the memory, there is no swap.
        memory_swap: Some(signed(memory.0)),
        nano_cpus: Some(i64::from(cpu_millis) * 1_000_000),
        pids_limit: Some(i64::from(pids)),
        ..HostConfig::default()
    }
}

fn network_mode(attachment: &Attachment) -> String {
    match attachment {
        Attachment::None => "none".to_owned(),
        Attachment::Network { name, .. } => name.to_string(),
    }
}

fn networking(attachment: &Attachment) -> Option<NetworkingConfig> {
    let Attachment::Network { name, address } = attachment else {
        return None;
    };
    let endpoint = EndpointSettings {
        ipam_config: Some(EndpointIpamConfig {
            ipv4_address: Some(address.to_string()),
            ..EndpointIpamConfig::default()
        }),
        ..EndpointSettings::default()
    };
    Some(NetworkingConfig { endpoints_config: Some(HashMap::from([(name.to_string(), endpoint)])) })
}

fn bind(mount: &Mount) -> EngineMount {
    EngineMount {
        typ: Some(MountType::BIND),
        source: Some(mount.source.as_path().to_string_lossy().into_owned()),
        target: Some(mount.target.to_owned()),
        read_only: Some(mount.read_only),
        bind_options: Some(MountBindOptions {
            propagation: Some(MountBindOptionsPropagationEnum::RPRIVATE),
            ..MountBindOptions::default()
        }),
        ..EngineMount::default()
    }
}

/// Programs may be run from it: Odoo unpacks and starts helpers in its temporary folder.
fn scratch(path: &str) -> (String, String) {
    let size = 256 * Bytes::MIB;
    (path.to_owned(), format!("rw,exec,nosuid,nodev,mode=1777,size={size}"))
}

fn log_config() -> HostConfigLogConfig {
    let options = LOG_FILES.map(|(name, value)| (name.to_owned(), value.to_owned()));
    HostConfigLogConfig { typ: Some("json-file".to_owned()), config: Some(HashMap::from(options)) }
}

/// Engines count in whole seconds; a grace period is never cut short.
fn whole_seconds(grace: std::time::Duration) -> i64 {
    signed(grace.as_secs() + u64::from(grace.subsec_nanos() > 0))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
