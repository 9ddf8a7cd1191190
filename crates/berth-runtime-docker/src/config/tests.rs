use std::path::Path;
use std::time::Duration;

use berth_domain::{Bytes, Generation, Limits};
use berth_runtime::{Attachment, Labels, MountSource, Role, UserIds};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::dialect::Product;

const DOCKER: Dialect = Dialect { product: Product::Docker, has_init: true, is_rootless: false };

fn made(spec: &WorkloadSpec, dialect: Dialect) -> Value {
    serde_json::to_value(container(spec, "test-home", dialect).unwrap()).unwrap()
}

/// Everything that the constructor ever says of the host. What is not here, above all `Binds`, `CapAdd`,
/// `Devices`, `DeviceRequests`, `PidMode`, `UTSMode`, `UsernsMode`, `VolumesFrom`, `VolumeDriver`,
/// `Sysctls`, `Runtime` and `OomScoreAdj`, is never said.
const SAID_OF_THE_HOST: [&str; 21] = [
    "AutoRemove",
    "CapDrop",
    "CgroupnsMode",
    "Init",
    "IpcMode",
    "LogConfig",
    "Memory",
    "MemorySwap",
    "Mounts",
    "NanoCpus",
    "NetworkMode",
    "PidsLimit",
    "PortBindings",
    "Privileged",
    "PublishAllPorts",
    "ReadonlyRootfs",
    "RestartPolicy",
    "SecurityOpt",
    "ShmSize",
    "Tmpfs",
    "Ulimits",
];

fn grants_nothing(
    spec: &WorkloadSpec,
    made: &Value,
    dialect: Dialect,
) -> Result<(), TestCaseError> {
    let host = made["HostConfig"].as_object().unwrap();
    for key in host.keys() {
        prop_assert!(SAID_OF_THE_HOST.contains(&key.as_str()), "{}", key);
    }
    prop_assert_eq!(&host["Privileged"], &json!(false));
    prop_assert_eq!(&host["PublishAllPorts"], &json!(false));
    prop_assert_eq!(&host["CapDrop"], &json!(["ALL"]));
    prop_assert_eq!(&host["SecurityOpt"], &json!(["no-new-privileges:true"]));
    prop_assert_eq!(&host["IpcMode"], &json!("private"));
    prop_assert_eq!(&host["CgroupnsMode"], &json!("private"));
    prop_assert_eq!(&host["RestartPolicy"], &json!({"Name": "no"}));
    prop_assert!(["host", "bridge", "default", ""].iter().all(|mode| host["NetworkMode"] != *mode));
    prop_assert!(!host["NetworkMode"].as_str().unwrap().starts_with("container:"));

    let mounts = host["Mounts"].as_array().unwrap();
    prop_assert_eq!(mounts.len(), spec.mounts.len());
    for (made, asked) in mounts.iter().zip(&spec.mounts) {
        let source = asked.source.as_path().to_str().unwrap();
        let expected = json!({
            "Type": "bind",
            "Source": source,
            "Target": asked.target,
            "ReadOnly": asked.read_only,
            "BindOptions": {"Propagation": "rprivate"},
        });
        prop_assert_eq!(made, &expected);
    }
    for (_, options) in host["Tmpfs"].as_object().unwrap() {
        prop_assert!(options.as_str().unwrap().contains("nosuid,nodev"));
    }
    let volumes = made.get("Volumes").and_then(Value::as_object);
    prop_assert!(volumes.is_none_or(serde_json::Map::is_empty));
    publishes_nothing_to_others(made, dialect)
}

fn publishes_nothing_to_others(made: &Value, dialect: Dialect) -> Result<(), TestCaseError> {
    let bindings = made["HostConfig"].get("PortBindings").and_then(Value::as_object);
    let exposed = made.get("ExposedPorts").and_then(Value::as_object);
    let ports = |map: Option<&serde_json::Map<String, Value>>| {
        map.into_iter().flat_map(serde_json::Map::keys).cloned().collect::<Vec<_>>()
    };
    prop_assert_eq!(ports(bindings), ports(exposed));
    prop_assert!(bindings.is_none() || dialect.is_rootless);
    for (port, of_host) in bindings.into_iter().flatten() {
        prop_assert!(["8069/tcp", "8072/tcp"].contains(&port.as_str()), "{}", port);
        prop_assert_eq!(of_host, &json!([{"HostIp": "127.0.0.1", "HostPort": ""}]));
    }
    Ok(())
}

/// Texts that a shell, a path or an option parser would take for something else.
fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        proptest::sample::select(vec![
            "--privileged",
            "; rm -rf /",
            "$(id)",
            "`id`",
            "a\nb",
            "'\"",
            "|&",
            "/var/run/docker.sock:/var/run/docker.sock",
            "",
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_mount() -> impl Strategy<Value = Option<Mount>> {
    let source = prop_oneof![
        "/[a-z./:,]{0,24}",
        proptest::sample::select(vec![
            "/",
            "/etc",
            "/var/run/docker.sock",
            "/proc/1/root",
            "/srv/a"
        ])
        .prop_map(str::to_owned),
    ];
    let target = proptest::sample::select(vec!["/var/lib/odoo", "/run/postgresql", "/mnt/addons"]);
    (source, target, any::<bool>()).prop_map(|(source, target, read_only)| {
        let source = MountSource::new(Path::new(&source)).ok()?;
        Some(Mount { source, target, read_only })
    })
}

fn any_limits() -> impl Strategy<Value = Option<Limits>> {
    let limits = (any::<u32>(), any::<u64>(), any::<u32>());
    proptest::option::of(limits.prop_map(|(cpu_millis, memory, pids)| Limits {
        cpu_millis,
        memory: Bytes(memory),
        pids,
    }))
}

prop_compose! {
    fn any_spec()(
        command in proptest::collection::vec(hostile_text(), 1..5),
        environment in proptest::collection::btree_map(hostile_text(), hostile_text(), 0..4),
        mounts in proptest::collection::vec(any_mount(), 0..4),
        limits in any_limits(),
        user in proptest::option::of((any::<u32>(), any::<u32>())),
        (is_attached, read_only_root, is_cluster) in any::<(bool, bool, bool)>(),
        scratch in proptest::sample::subsequence(vec!["/tmp", "/run", "/var/tmp"], 0..=3),
        shared_memory in proptest::option::of(any::<u64>()),
        (generation, grace) in any::<(u64, Duration)>(),
    ) -> WorkloadSpec {
        let tenant = samples::tenant();
        WorkloadSpec {
            role: if is_cluster { Role::Cluster } else { Role::Tenant },
            labels: if is_cluster { Labels::default() } else { tenant.labels },
            generation: Generation(generation),
            command,
            environment,
            mounts: mounts.into_iter().flatten().collect(),
            limits,
            user: user.map(|(uid, gid)| UserIds { uid, gid }),
            attachment: if is_attached { tenant.attachment.clone() } else { Attachment::None },
            read_only_root,
            scratch,
            shared_memory: shared_memory.map(Bytes),
            stop_grace: grace,
            ..tenant
        }
    }
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    let products = vec![Product::Docker, Product::Podman { version: (4, 3) }];
    let product = proptest::sample::select(products);
    (product, any::<(bool, bool)>()).prop_map(|(product, (has_init, is_rootless))| Dialect {
        product,
        has_init,
        is_rootless,
    })
}

proptest! {
    #[test]
    fn no_specification_yields_a_privilege(spec in any_spec(), dialect in any_dialect()) {
        grants_nothing(&spec, &made(&spec, dialect), dialect)?;
    }

    #[test]
    fn arguments_reach_the_engine_as_they_are(spec in any_spec()) {
        let made = made(&spec, DOCKER);

        prop_assert_eq!(&made["Entrypoint"], &json!([spec.command[0]]));
        prop_assert_eq!(&made["Cmd"], &json!(spec.command[1..]));
    }
}

#[test]
fn an_empty_command_is_not_the_images_own() {
    let spec = WorkloadSpec { command: Vec::new(), ..samples::tenant() };

    assert!(matches!(container(&spec, "test-home", DOCKER), Err(RuntimeError::Refused { .. })));
}

#[test]
fn limits_are_of_memory_alone_and_of_thousandths_of_a_core() {
    let host = made(&samples::tenant(), DOCKER)["HostConfig"].take();

    assert_eq!(host["Memory"], json!(1024 * Bytes::MIB));
    assert_eq!(host["MemorySwap"], host["Memory"]);
    assert_eq!(host["NanoCpus"], json!(1_500_000_000));
    assert_eq!(host["PidsLimit"], json!(256));
}

#[test]
fn a_cluster_has_no_limits_of_its_own() {
    let spec = WorkloadSpec { limits: None, ..samples::tenant() };
    let host = made(&spec, DOCKER)["HostConfig"].take();

    for key in ["Memory", "MemorySwap", "NanoCpus", "PidsLimit"] {
        assert_eq!(host.get(key), None, "{key}");
    }
}

#[test]
fn a_tenant_is_on_its_own_network_with_its_own_address() {
    let made = made(&samples::tenant(), DOCKER);

    assert_eq!(made["HostConfig"]["NetworkMode"], "t_eeffff0001");
    let endpoints = &made["NetworkingConfig"]["EndpointsConfig"];
    assert_eq!(endpoints["t_eeffff0001"]["IPAMConfig"], json!({"IPv4Address": "10.213.0.2"}));
}

#[test]
fn a_container_without_a_network_has_only_its_loopback() {
    let spec = WorkloadSpec { attachment: Attachment::None, ..samples::tenant() };
    let made = made(&spec, DOCKER);

    assert_eq!(made["HostConfig"]["NetworkMode"], "none");
    assert_eq!(made.get("NetworkingConfig"), None);
}

#[test]
fn a_grace_period_is_rounded_up_to_whole_seconds() {
    assert_eq!(made(&samples::tenant(), DOCKER)["StopTimeout"], 21);
}

#[test]
fn the_labels_say_whose_it_is_and_what_it_was_made_from() {
    let made = made(&samples::tenant(), DOCKER);
    let labels = made["Labels"].as_object().unwrap();

    let expected = [
        ("berth.generation", "7"),
        ("berth.home", "test-home"),
        ("berth.operation", "op_0190aaaabbbb7ccc8dddeeeeffff0002"),
        ("berth.role", "tenant"),
        ("berth.tenant", "tnt_0190aaaabbbb7ccc8dddeeeeffff0001"),
    ];
    for (name, value) in expected {
        assert_eq!(labels[name], value, "{name}");
    }
    assert_eq!(labels["berth.spec"], fingerprint::of(&samples::tenant()));
    assert_eq!(labels.len(), expected.len() + 1);
}

#[test]
fn the_engine_keeps_thirty_megabytes_of_log_at_most() {
    let host = made(&samples::tenant(), DOCKER)["HostConfig"].take();

    let options = json!({"max-size": "10m", "max-file": "3"});
    assert_eq!(host["LogConfig"], json!({"Type": "json-file", "Config": options}));
}

#[test]
fn without_an_init_program_none_is_asked_for() {
    assert_eq!(
        made(&samples::tenant(), Dialect { has_init: false, ..DOCKER })["HostConfig"].get("Init"),
        None
    );
    assert_eq!(made(&samples::tenant(), DOCKER)["HostConfig"]["Init"], true);
}

#[test]
fn on_podman_a_cluster_has_no_limit_that_nobody_asked_for() {
    let podman = Dialect { product: Product::Podman { version: (4, 3) }, ..DOCKER };
    let cluster = WorkloadSpec { limits: None, ..samples::tenant() };

    assert_eq!(made(&cluster, podman)["HostConfig"]["PidsLimit"], json!(-1));
    assert_eq!(made(&cluster, podman)["HostConfig"].get("Ulimits"), None);
    assert_eq!(made(&samples::tenant(), podman)["HostConfig"]["PidsLimit"], json!(256));
}

#[test]
fn an_engine_without_its_init_program_gets_the_same_container_without_it() {
    let mut body = container(&samples::tenant(), "test-home", DOCKER).unwrap();
    without_init(&mut body);

    let without = Dialect { has_init: false, ..DOCKER };
    assert_eq!(body, container(&samples::tenant(), "test-home", without).unwrap());
}

#[test]
fn a_container_without_a_network_publishes_nothing() {
    let rootless = Dialect { is_rootless: true, ..DOCKER };
    let alone = WorkloadSpec { attachment: Attachment::None, ..samples::tenant() };

    assert_eq!(made(&alone, rootless)["HostConfig"].get("PortBindings"), None);
    let ports = made(&samples::tenant(), rootless)["HostConfig"]["PortBindings"].take();
    assert_eq!(ports["8069/tcp"], json!([{"HostIp": "127.0.0.1", "HostPort": ""}]));
}
