//! What of the host a tenant reaches, and what it does not.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use berth_domain::{Bytes, Generation, Limits};
use berth_runtime::contract::{ContractBed, Fresh};
use berth_runtime::{Attachment, Labels, NetworkSpec, Role, WorkloadName, WorkloadSpec};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::bed::EngineBed;

const DEADLINE: Duration = Duration::from_mins(1);
const GREETING: &str = "hello from the host";

/// Greets whoever connects to this address of the host, for as long as the set lives.
async fn greeter(address: Ipv4Addr, greeters: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    greeters.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whoever hangs up early is not greeted.
            let _ = stream.write_all(GREETING.as_bytes()).await;
        }
    });
    address
}

fn job(bed: &EngineBed, fresh: &Fresh, command: &[&str]) -> WorkloadSpec {
    let name = fresh.tenant.object_name();
    WorkloadSpec {
        name: WorkloadName::job(&name, "host"),
        role: Role::Job,
        labels: Labels { tenant: Some(fresh.tenant), operation: Some(fresh.operation) },
        generation: Generation(1),
        image: bed.image().1,
        command: command.iter().map(|&part| part.to_owned()).collect(),
        environment: [].into(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::Network { name, address: fresh.subnet.workload() },
        limits: Some(Limits { cpu_millis: 500, memory: Bytes::mib(64), pids: 32 }),
        read_only_root: true,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: Duration::from_secs(1),
        stop_signal: None,
    }
}

/// The output of a command in a container on the tenant's network.
async fn said(bed: &EngineBed, fresh: &Fresh, command: &[&str]) -> String {
    let mut said = String::new();
    let mut collect = |line: berth_runtime::LogLine| said.push_str(&line.text);
    let job = job(bed, fresh, command);
    bed.runtime().workloads.run(&job, DEADLINE, &mut collect).await.unwrap();
    said
}

#[tokio::test]
async fn what_listens_on_the_hosts_loopback_is_not_reached_by_a_tenant() {
    let bed = EngineBed::new().await;
    let fresh = bed.fresh();
    let network = NetworkSpec {
        name: fresh.tenant.object_name(),
        subnet: fresh.subnet,
        labels: Labels { tenant: Some(fresh.tenant), operation: Some(fresh.operation) },
    };
    bed.runtime().networks.ensure(&network).await.unwrap();
    let gateway = fresh.subnet.gateway();
    let mut greeters = JoinSet::new();
    let inside = greeter(Ipv4Addr::LOCALHOST, &mut greeters).await;
    let beside = greeter(gateway, &mut greeters).await;
    let dial = async |address: Ipv4Addr, port: u16| {
        let (address, port) = (address.to_string(), port.to_string());
        let dial = ["timeout", "5", "nc", "-w", "3", &address, &port];
        said(&bed, &fresh, &dial).await.contains(GREETING)
    };

    // As SECURITY.md says: what listens on the bridge is reached. Else the rest would prove nothing.
    assert!(dial(gateway, beside.port()).await, "the gateway is not reached");
    assert!(!dial(gateway, inside.port()).await, "the gateway leads to the loopback");
    assert!(!dial(Ipv4Addr::LOCALHOST, inside.port()).await, "the loopback is the host's");
}

#[tokio::test]
async fn a_tenant_sees_no_socket_and_no_process_of_the_host() {
    let bed = EngineBed::new().await;
    let fresh = bed.fresh();
    let network = NetworkSpec {
        name: fresh.tenant.object_name(),
        subnet: fresh.subnet,
        labels: Labels { tenant: Some(fresh.tenant), operation: Some(fresh.operation) },
    };
    bed.runtime().networks.ensure(&network).await.unwrap();

    let sockets = said(&bed, &fresh, &["cat", "/proc/net/unix"]).await;
    let processes = said(&bed, &fresh, &["ps", "-o", "args"]).await;

    assert!(!sockets.contains("docker") && !sockets.contains("berth"), "{sockets}");
    let own = std::process::id().to_string();
    let programs = std::fs::read_to_string(format!("/proc/{own}/comm")).unwrap();
    assert!(processes.contains("ps -o args"), "{processes}");
    assert!(!processes.contains(programs.trim()), "{processes}");
}
