//! More networks than an engine hands out by itself.

use std::collections::BTreeSet;

use berth_domain::Generation;
use berth_runtime::contract::{ContractBed, Fresh, Program};
use berth_runtime::{
    Attachment, Labels, NetworkSpec, ObservedState, Role, Runtime, WorkloadName, WorkloadSpec,
};
use futures_util::{StreamExt, stream};

use crate::bed::EngineBed;

const TENANTS: usize = 200;
const AT_ONCE: usize = 4;

#[tokio::test]
async fn two_hundred_tenants_have_a_network_each_on_one_engine() {
    let bed = EngineBed::new().await;
    let runtime = bed.runtime();
    let tenants: Vec<Fresh> = (0..TENANTS).map(|_| bed.fresh()).collect();
    let names: BTreeSet<String> =
        tenants.iter().map(|tenant| tenant.tenant.object_name().to_string()).collect();

    let make = stream::iter(&tenants).for_each_concurrent(AT_ONCE, |tenant| make(&bed, tenant));
    make.await;
    let networks = runtime.networks.list().await.unwrap();
    let workloads = runtime.workloads.list().await.unwrap();

    assert_eq!(networks.iter().map(|network| network.name.clone()).collect::<BTreeSet<_>>(), names);
    assert_eq!(workloads.iter().map(|made| made.name.clone()).collect::<BTreeSet<_>>(), names);
    assert!(workloads.iter().all(|made| made.state == ObservedState::Created));

    let remove =
        stream::iter(&tenants).for_each_concurrent(AT_ONCE, |tenant| remove(runtime, tenant));
    remove.await;
    assert_eq!(runtime.networks.list().await.unwrap(), []);
    assert_eq!(runtime.workloads.list().await.unwrap(), []);
}

async fn make(bed: &EngineBed, fresh: &Fresh) {
    let name = fresh.tenant.object_name();
    let labels = Labels { tenant: Some(fresh.tenant), operation: Some(fresh.operation) };
    let network = NetworkSpec { name: name.clone(), subnet: fresh.subnet, labels };
    bed.runtime().networks.ensure(&network).await.unwrap();
    let spec = WorkloadSpec {
        name: WorkloadName::tenant(&name),
        role: Role::Tenant,
        labels,
        generation: Generation(1),
        image: bed.image().1,
        command: Program::Wait.command(),
        environment: [].into(),
        user: None,
        mounts: Vec::new(),
        attachment: Attachment::Network { name, address: fresh.subnet.workload() },
        limits: None,
        read_only_root: true,
        scratch: Vec::new(),
        shared_memory: None,
        stop_grace: std::time::Duration::from_secs(1),
        stop_signal: None,
    };
    bed.runtime().workloads.ensure(&spec).await.unwrap();
}

/// The network first, as when a tenant's objects are removed in any order.
async fn remove(runtime: &Runtime, fresh: &Fresh) {
    let name = fresh.tenant.object_name();
    runtime.networks.remove(&name).await.unwrap();
    runtime.workloads.remove(&WorkloadName::tenant(&name)).await.unwrap();
}
