//! What tenants cannot reach.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::ContractBed;
use super::programs::{Program, list};
use super::scene::{PATIENCE, Scene, eventually, exit, must};
use crate::WorkloadSpec;

const GREETING: &str = "hello from the tenant";

/// Lets a tenant greet whoever connects to its port 8069, and returns where the host reaches it.
async fn greeter(scene: &Scene<'_>) -> SocketAddr {
    must(scene.runtime.networks.ensure(&scene.network()).await);
    let command = list(&["nc", "-l", "-l", "-p", "8069", "-e", "echo", GREETING]);
    scene.run_from(&WorkloadSpec { command, ..scene.networked(&Program::Wait) }).await;
    let observed = scene.observe().await.expect("it is there");
    let endpoint = observed.endpoints.get(&8069).expect("it is reached on port 8069").address();
    eventually("the tenant to listen", async || greeting(endpoint).await).await;
    endpoint
}

/// `None`: nobody listens.
async fn greeting(address: SocketAddr) -> Option<String> {
    let mut said = String::new();
    let greeted = async { TcpStream::connect(address).await?.read_to_string(&mut said).await };
    let greeted = tokio::time::timeout(PATIENCE, greeted).await;
    matches!(greeted, Ok(Ok(_))).then_some(said)
}

/// How often a tenant tries before it counts as able to reach another.
///
/// Docker takes its isolation out of the firewall for some milliseconds whenever it makes a network, any
/// network (libnetwork's `EnsureJumpRule` deletes the jump and inserts it again), and other cases make
/// networks. One attempt in many gets through then; without isolation every attempt does.
const ATTEMPTS: usize = 5;

/// Whether a tenant is greeted at the address, every time it tries.
async fn reaches(scene: &Scene<'_>, address: Ipv4Addr) -> bool {
    // A connection that was made in such a moment stays open and silent, hence the time limit.
    let dial = ["timeout", "5", "nc", "-w", "3", &address.to_string(), "8069"].map(str::to_owned);
    for _ in 0..ATTEMPTS {
        let dialled = scene.exec(dial.to_vec()).await;
        if dialled.exit != exit(0) || String::from_utf8_lossy(&dialled.out).trim() != GREETING {
            return false;
        }
    }
    true
}

pub async fn tenants_cannot_reach_each_other(bed: &dyn ContractBed) {
    let (one, other) = (Scene::new(bed), Scene::new(bed));
    let host_sees = [greeter(&one).await, greeter(&other).await];

    for address in host_sees {
        assert_eq!(greeting(address).await.as_deref().map(str::trim), Some(GREETING));
    }
    assert!(reaches(&one, one.fresh.subnet.workload()).await, "a tenant cannot reach itself");
    assert!(!reaches(&one, other.fresh.subnet.workload()).await, "one reaches the other");
    assert!(!reaches(&other, one.fresh.subnet.workload()).await, "the other reaches one");
}

/// Some engines take the isolation of all networks down with the first one that is left.
pub async fn a_tenant_that_stops_opens_no_way_between_others(bed: &dyn ContractBed) {
    let (one, other, third) = (Scene::new(bed), Scene::new(bed), Scene::new(bed));
    for scene in [&one, &other, &third] {
        greeter(scene).await;
    }

    must(third.runtime.workloads.stop(&third.name()).await);
    assert!(!reaches(&one, other.fresh.subnet.workload()).await, "one reaches the other");
    must(third.runtime.workloads.remove(&third.name()).await);
    must(third.runtime.networks.remove(&third.fresh.tenant.object_name()).await);

    assert!(reaches(&one, one.fresh.subnet.workload()).await, "a tenant cannot reach itself");
    assert!(!reaches(&one, other.fresh.subnet.workload()).await, "one reaches the other");
    assert!(!reaches(&other, one.fresh.subnet.workload()).await, "the other reaches one");
}

pub async fn a_container_without_a_network_has_only_its_loopback(bed: &dyn ContractBed) {
    let scene = Scene::new(bed);

    let job = scene.job(list(&["ls", "/sys/class/net"]));
    let (_, lines) = scene.run(&job).await;

    let interfaces: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(interfaces, ["lo"]);
}
