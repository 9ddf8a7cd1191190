//! Recorded answers, cut down to what is looked at: Docker 20.10.24 and Podman 4.3.1 of Debian 12.

use serde_json::json;

use super::*;

fn docker() -> Dialect {
    detect("1.41", ("Engine", "20.10.24+dfsg1"), &docker_info()).unwrap()
}

fn podman() -> Dialect {
    detect("1.41", ("Podman Engine", "4.3.1"), &podman_info()).unwrap()
}

fn docker_info() -> Value {
    json!({
        "InitBinary": "docker-init", "InitCommit": {"ID": "", "Expected": "de40ad0"},
        "SecurityOptions": ["name=seccomp,profile=default"],
    })
}

fn podman_info() -> Value {
    json!({
        "InitBinary": "", "InitCommit": {"ID": "", "Expected": ""}, "Rootless": false,
        "SecurityOptions": ["name=seccomp,profile=default"],
    })
}

fn detect(api: &str, engine: (&str, &str), info: &Value) -> Result<Dialect, RuntimeError> {
    let version = json!({
        "ApiVersion": api,
        "Components": [
            {"Name": engine.0, "Version": engine.1},
            {"Name": "runc", "Version": "1.1.5"},
        ],
    });
    let version: SystemVersion = serde_json::from_value(version).unwrap();
    Dialect::detect(&version, info)
}

#[test]
fn engines_are_told_apart_by_their_components() {
    assert_eq!(docker().product, Product::Docker);
    assert_eq!(podman().product, Product::Podman { version: (4, 3) });
}

#[test]
fn an_engine_that_speaks_an_older_api_is_refused() {
    for api in ["1.40", "0.99", "", "new"] {
        let refused = detect(api, ("Engine", "19.03.15"), &docker_info());
        assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{api}");
    }
    for api in ["1.41", "1.54", "2.0"] {
        assert!(detect(api, ("Engine", "29.0.0"), &docker_info()).is_ok(), "{api}");
    }
}

#[test]
fn a_podman_that_keeps_no_networks_apart_is_refused() {
    for version in ["3.4.7", "4.2.1", "", "new"] {
        let refused = detect("1.41", ("Podman Engine", version), &podman_info());
        assert!(matches!(refused, Err(RuntimeError::Refused { .. })), "{version}");
    }
    for version in ["4.3.1", "4.9.3", "5.0.0-rc1", "5.8.0"] {
        assert!(detect("1.41", ("Podman Engine", version), &podman_info()).is_ok(), "{version}");
    }
}

#[test]
fn a_rootless_docker_publishes_on_the_loopback_and_nowhere_else() {
    let info = json!({
        "SecurityOptions": ["name=seccomp,profile=default", "name=rootless"], "CgroupVersion": "2",
    });
    let dialect = detect("1.45", ("Engine", "26.1.5"), &info).unwrap();

    assert!(dialect.is_rootless);
    let bindings = dialect.port_bindings().unwrap();
    assert_eq!(bindings.len(), PORTS.len());
    let hosts = bindings.values().flatten().flatten().map(|binding| binding.host_ip.as_deref());
    assert!(hosts.into_iter().all(|host| host == Some("127.0.0.1")));
    assert_eq!(docker().port_bindings(), None);
    assert_eq!(podman().port_bindings(), None);
}

/// What Podman 4.3.1 says when an ordinary user runs it.
#[test]
fn a_rootless_podman_is_refused_although_no_security_option_says_it() {
    for (cgroups, reason) in [("1", "ignores every limit"), ("2", "cannot keep tenants apart")] {
        let info = json!({
            "SecurityOptions": ["name=seccomp,profile=default"], "Rootless": true,
            "CgroupVersion": cgroups, "MemoryLimit": true,
        });
        let refused = detect("1.41", ("Podman Engine", "4.3.1"), &info).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
    }
}

#[test]
fn a_rootless_docker_without_limits_is_refused() {
    let info = json!({ "SecurityOptions": ["name=rootless"], "CgroupVersion": "1" });

    let refused = detect("1.41", ("Engine", "20.10.24"), &info).unwrap_err();

    assert!(refused.to_string().contains("ignores every limit"), "{refused}");
}

#[test]
fn docker_says_whether_its_init_program_is_installed() {
    let cases = [("docker-init", "", true), ("docker-init", "N/A", false), ("", "", false)];
    for (binary, id, expected) in cases {
        let info = json!({ "InitBinary": binary, "InitCommit": {"ID": id} });
        let dialect = detect("1.41", ("Engine", "20.10.24"), &info).unwrap();
        assert_eq!(dialect.has_init, expected, "{binary} {id}");
    }
}

#[test]
fn podman_says_that_its_init_program_is_missing_when_it_is_asked_for() {
    let refusal = "container-init binary not found on the host: stat \
                   /usr/libexec/podman/catatonit: no such file or directory";

    assert!(podman().has_init && podman().lacks_init(refusal));
    assert!(!docker().lacks_init(refusal));
    assert!(!podman().lacks_init("no such image"));
}

#[test]
fn only_podman_5_says_that_memory_ran_out() {
    let newer = detect("1.41", ("Podman Engine", "5.4.2"), &podman_info()).unwrap();

    assert!(docker().tells_out_of_memory() && newer.tells_out_of_memory());
    assert!(!podman().tells_out_of_memory());
}

#[test]
fn states_that_only_podman_has_become_those_of_docker() {
    let cases = [
        ("configured", "created"),
        ("initialized", "created"),
        ("stopped", "exited"),
        ("running", "running"),
    ];
    for (said, expected) in cases {
        let mut inspected = json!({ "State": {"Status": said, "ExitCode": 3} });
        podman().correct_state(&mut inspected);
        assert_eq!(inspected, json!({ "State": {"Status": expected, "ExitCode": 3} }));

        let mut listed = json!({ "State": said });
        podman().correct_state(&mut listed);
        assert_eq!(listed, json!({ "State": expected }));
    }
}

#[test]
fn both_engines_report_the_same_events_in_their_own_words() {
    use WorkloadEventKind::{Removed, Started, Stopped};

    for (dialect, actions) in [
        (docker(), ["create", "start", "kill", "die", "stop", "destroy"]),
        (podman(), ["init", "start", "stop", "die", "cleanup", "remove"]),
        (podman(), ["init", "start", "stop", "died", "cleanup", "remove"]),
    ] {
        let kinds: Vec<_> = actions.iter().filter_map(|action| dialect.event(action)).collect();
        assert_eq!(kinds, [Started, Stopped, Removed], "{actions:?}");
    }
}

#[test]
fn a_network_reads_the_same_from_both_engines() {
    let by_docker = json!({
        "Name": "t_eeffff0001", "Id": "c8d5a99b831a", "Driver": "bridge",
        "IPAM": {"Config": [{"Subnet": "10.232.0.0/28", "Gateway": "10.232.0.1"}]},
        "Labels": {"berth.home": "h"}, "Options": {},
    });
    let by_podman = json!({
        "name": "t_eeffff0001", "id": "c8d5a99b831a", "driver": "bridge",
        "subnets": [{"subnet": "10.232.0.0/28", "gateway": "10.232.0.1"}],
        "labels": {"berth.home": "h"}, "options": {"isolate": "true"},
    });
    let expected = |handle: &str| Network {
        name: "t_eeffff0001".to_owned(),
        handle: handle.to_owned(),
        labels: [("berth.home".to_owned(), "h".to_owned())].into(),
        subnet: "10.232.0.0/28".to_owned(),
        is_isolated: true,
    };

    assert_eq!(docker().network(&by_docker), Some(expected("c8d5a99b831a")));
    assert_eq!(podman().network(&by_podman), Some(expected("t_eeffff0001")));
    assert_eq!(podman().network(&by_docker), None);
}

#[test]
fn a_network_of_podman_without_the_option_is_not_isolated() {
    for options in [json!({}), json!(null), json!({"isolate": "false"})] {
        let said = json!({ "name": "n", "options": options });
        assert!(!podman().network(&said).unwrap().is_isolated, "{options}");
    }
}

#[test]
fn podman_is_asked_about_networks_in_its_own_api() {
    assert_eq!(docker().network_path("n"), "/networks/n");
    assert_eq!(podman().network_path("n"), "/v4.3.0/libpod/networks/n/json");
    assert_eq!(podman().networks_path("%7B%7D"), "/v4.3.0/libpod/networks/json?filters=%7B%7D");
}
